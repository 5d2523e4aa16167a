// The journey of a client for node: node journey_node.js LIBRARY JOB
"use strict";

const { readFileSync } = require("node:fs");
const readline = require("node:readline");
const { play } = require("./journey.js");

const [name, json] = process.argv.slice(2);
const library = require(name);
const job = JSON.parse(json);

function authenticator() {
  if (job.seed) return library.nkeyAuthenticator(new TextEncoder().encode(job.seed));
  if (job.creds) return library.credsAuthenticator(readFileSync(job.creds));
  return undefined;
}

function tls() {
  if (!job.ca) return undefined;
  return {
    caFile: job.ca,
    certFile: job.cert,
    keyFile: job.key,
    handshakeFirst: job.first ?? false,
  };
}

function connect() {
  return library.connect({
    servers: job.url,
    token: job.token,
    user: job.user,
    pass: job.password,
    authenticator: authenticator(),
    tls: tls(),
    reconnect: job.steps.includes("restart"),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    reconnectJitter: 0,
  });
}

function waitFor(what) {
  console.log(JSON.stringify({ waiting: what }));
  const input = readline.createInterface({ input: process.stdin });
  return new Promise((done) => {
    input.once("line", () => {
      input.close();
      // An open input would keep the program from its end.
      process.stdin.unref();
      done();
    });
  });
}

play(library, connect, job, waitFor).then(
  (report) => console.log(JSON.stringify(report)),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
