// The journey of a JavaScript client: what journey.py says, for node and for browsers.
"use strict";

const TRACE = "Trace";
const ASKING_MS = 10000;
const LOOKING_MS = 10;
const AGAIN_MS = 50;
const MEGABYTE = 1024 * 1024;

const bytes = (text) => new TextEncoder().encode(text);
const text = (message) => new TextDecoder().decode(message.data);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function until(isSo) {
  for (let waited = 0; !isSo(); waited += LOOKING_MS) {
    if (waited > ASKING_MS) throw new Error(`waited too long for ${isSo}`);
    await pause(LOOKING_MS);
  }
}

function serveEcho(nc, subject) {
  nc.subscribe(subject, {
    callback: (_, message) => message.respond(message.data, { headers: message.headers }),
  });
}

const STEPS = {
  async subjects({ nc }) {
    const took = [];
    nc.subscribe("orders.*", {
      callback: (_, message) => took.push(`${message.subject}=${text(message)}`),
    });
    nc.publish("orders.eu.new", bytes("two tokens"));
    nc.publish("orders", bytes("none"));
    for (let n = 0; n < 1000; n++) nc.publish("orders.new", bytes(String(n)));
    await until(() => took.length >= 1000);
    return { count: took.length, first: took[0], last: took.at(-1) };
  },

  async queue({ nc }) {
    const counts = { one: 0, other: 0, alone: 0 };
    const counting = (name) => () => void counts[name]++;
    nc.subscribe("work", { queue: "workers", callback: counting("one") });
    nc.subscribe("work", { queue: "workers", callback: counting("other") });
    nc.subscribe("work", { callback: counting("alone") });
    for (let n = 0; n < 100; n++) nc.publish("work");
    await until(() => counts.one + counts.other + counts.alone >= 200);
    return {
      members: counts.one + counts.other,
      both: Math.min(counts.one, counts.other) > 0,
      alone: counts.alone,
    };
  },

  async request({ nc }) {
    serveEcho(nc, "echo");
    return text(await nc.request("echo", bytes("hi"), { timeout: ASKING_MS }));
  },

  async headers({ nc, library }) {
    serveEcho(nc, "echo.headers");
    const headers = library.headers();
    headers.set(TRACE, "7");
    const answer = await nc.request("echo.headers", bytes("hi"), { timeout: ASKING_MS, headers });
    return `${text(answer)} ${answer.headers.get(TRACE)}`;
  },

  async nobody({ nc }) {
    const error = await nc.request("nobody", undefined, { timeout: ASKING_MS }).catch((it) => it);
    // nats 2 has a code, its successor a method.
    return error.code === "503" || error.isNoResponders?.() ? "no responders" : String(error);
  },

  async large({ nc }) {
    const sizes = [];
    nc.subscribe("large", { callback: (_, message) => sizes.push(message.data.length) });
    nc.publish("large", new Uint8Array(MEGABYTE));
    await until(() => sizes.length > 0);
    return sizes;
  },

  async denied({ nc, told }) {
    nc.subscribe("secret", { callback: () => {} });
    nc.publish("secret");
    await until(() => told.errors.length >= 2);
    return "told";
  },

  async restart({ nc, waitFor }) {
    const took = [];
    nc.subscribe("after", { callback: (_, message) => took.push(text(message)) });
    await waitFor("restart");
    for (let n = 0; took.length === 0; n++) {
      if (n * AGAIN_MS > 2 * ASKING_MS) throw new Error("no message after the restart");
      nc.publish("after", bytes("again"));
      await pause(AGAIN_MS);
    }
    return took[0];
  },

  async "lame duck"({ told, waitFor }) {
    await waitFor("lame duck");
    await until(() => told.isLameDuck);
    return "told";
  },

  async drain({ nc }) {
    let took = 0;
    nc.subscribe("tasks", { callback: () => void took++ });
    for (let n = 0; n < 100; n++) nc.publish("tasks");
    await nc.drain();
    return took;
  },
};

async function listen(nc, told) {
  for await (const status of nc.status()) {
    if (status.type === "ldm") told.isLameDuck = true;
    if (status.type === "error") told.errors.push(errorText(status));
  }
}

// nats 2 gives what was denied as its parts, its successor as an error.
function errorText(status) {
  const denied = status.permissionContext;
  if (denied) return `Permissions Violation for ${denied.operation} to "${denied.subject}"`;
  return String(status.error?.message ?? status.data);
}

// Take the steps of a job; connect: gives a connection. Gives the report.
async function play(library, connect, job, waitFor) {
  let nc;
  try {
    nc = await connect();
  } catch (error) {
    return { refused: `${error.message} ${error.cause ?? ""}`, errors: [], steps: {} };
  }
  const told = { errors: [], isLameDuck: false };
  void listen(nc, told);
  const steps = {};
  for (const step of job.steps) steps[step] = await STEPS[step]({ nc, library, told, waitFor });
  await nc.close();
  return { refused: "", errors: told.errors, steps };
}

module.exports = { play };
