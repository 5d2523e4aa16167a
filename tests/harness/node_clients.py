"""NATS clients for node, installed beside nothing of ours: in a directory of the machine's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PACKAGES = ("nats@2.29.3", "@nats-io/transport-node@3.4.0")

INSTALL_S = 120.0

ROUND_TRIP = r"""
// A round trip of everything a client does, with the library named on the command line.
const [library, url] = process.argv.slice(1);
const { connect, headers } = require(library);
const bytes = (text) => new TextEncoder().encode(text);
const text = (message) => new TextDecoder().decode(message.data);

(async () => {
  const nc = await connect({ servers: url, name: "round trip" });
  const took = [];
  const orders = nc.subscribe("orders.*", {
    callback: (_, message) => took.push(`${message.subject}=${text(message)}`),
  });
  nc.subscribe("echo", {
    queue: "echoes",
    callback: (_, message) => message.respond(message.data, { headers: message.headers }),
  });
  for (let n = 0; n < 1000; n++) nc.publish("orders.new", bytes(String(n)));
  await nc.flush();
  const asked = headers();
  asked.set("Trace", "7");
  const answer = await nc.request("echo", bytes("hi"), { timeout: 5000, headers: asked });
  const nobody = await nc.request("nobody", undefined, { timeout: 5000 }).catch((error) => error);
  orders.unsubscribe();
  nc.publish("orders.late");
  await nc.flush();
  const large = new Promise((done) => {
    nc.subscribe("large", { max: 1, callback: (_, message) => done(message.data.length) });
  });
  nc.publish("large", new Uint8Array(1024 * 1024));
  const report = {
    count: took.length,
    first: took[0],
    last: took.at(-1),
    answer: text(answer),
    trace: answer.headers.get("Trace"),
    nobody: nobody.code === "503" || nobody.isNoResponders(),
    large: await large,
  };
  await nc.drain();
  console.log(JSON.stringify(report));
})();
"""


def node() -> str | None:
    """Find node, where npm is with it."""
    return shutil.which("node") if shutil.which("npm") else None


def modules() -> Path:
    """Install the clients once on this machine; give their node_modules."""
    name = "-".join(package.replace("/", "+") for package in PACKAGES)
    home = Path(tempfile.gettempdir()) / f"natsim-tests-{os.getuid()}-{name}"
    if not home.exists():
        fresh = Path(tempfile.mkdtemp(prefix="natsim-tests-"))
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(fresh), *PACKAGES],
            check=True,
            capture_output=True,
            timeout=INSTALL_S,
            cwd=fresh,
        )
        try:
            fresh.rename(home)
        except OSError:
            # Another worker was quicker.
            shutil.rmtree(fresh)
    return home / "node_modules"


def round_trip(executable: str, library: str, url: str) -> str:
    """Let a library do its round trip; give its report, a line of JSON."""
    ran = subprocess.run(
        [executable, "-e", ROUND_TRIP, library, url],
        env={**os.environ, "NODE_PATH": str(modules())},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
