"""The journey of @nats-io/nats-core in a browser: `journey_browser.py CHROMIUM NODE_MODULES JOB`.

Serves a page that plays the journey, opens it in a browser without a window, prints the report that
the page sends back.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HERE = Path(__file__).parent
BROWSER_S = 50.0
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)

REPORTS: queue.Queue[str] = queue.Queue()
CHROMIUM, NODE_MODULES, JOB = sys.argv[1:]


class Pages(BaseHTTPRequestHandler):
    """The page, the packages and the job; takes the report."""

    def do_GET(self) -> None:
        found = self._found()
        self.send_response(200 if found is not None else 404)
        kind = "text/html" if self.path == "/" else "text/plain"
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(found or b"")

    def do_POST(self) -> None:
        REPORTS.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(204)
        self.end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""

    def _found(self) -> bytes | None:
        if self.path == "/job":
            return JOB.encode()
        if self.path == "/":
            return (HERE / "journey_browser.html").read_bytes()
        if self.path == "/journey.js":
            return (HERE / "journey.js").read_bytes()
        if self.path.startswith("/node_modules/"):
            file = Path(NODE_MODULES) / self.path.removeprefix("/node_modules/")
            return file.read_bytes() if file.is_file() else None
        return None


def main() -> None:
    pages = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            [
                CHROMIUM,
                *FLAGS,
                f"--user-data-dir={profile}",
                # With it the browser stays open until it is killed.
                "--remote-debugging-port=0",
                f"http://127.0.0.1:{pages.server_port}/",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            print(REPORTS.get(timeout=BROWSER_S))
        finally:
            browser.kill()
            browser.wait()


if __name__ == "__main__":
    main()
