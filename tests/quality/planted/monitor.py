"""In the place of a server's monitoring: answers by HTTP that say nothing, or nothing new.

    python -m tests.quality.planted.monitor ANSWERS --upstream HOST:PORT --listen HOST:PORT

It says `ready` when it listens, and ends with its standard input.
"""

from __future__ import annotations

import argparse
import sys
import threading
from enum import Enum
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeAlias

Answer: TypeAlias = tuple[int, str, bytes]
"""Status, type of the content, content."""


class Answers(Enum):
    """frozen: the first of the server, for ever. absent: 404. empty: {}."""

    FROZEN = "frozen"
    ABSENT = "absent"
    EMPTY = "empty"


class _Monitoring(BaseHTTPRequestHandler):
    """Answers every method alike."""

    protocol_version = "HTTP/1.1"

    def __init__(
        self, answers: Answers, upstream: str, kept: dict[str, Answer], *rest: object
    ) -> None:
        self._answers = answers
        self._upstream = upstream
        self._kept = kept
        super().__init__(*rest)  # type: ignore[arg-type]  # as socketserver calls it

    def answer(self) -> None:
        """Answer a request."""
        status, kind, content = self._answer()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer

    def _answer(self) -> Answer:
        if self._answers is Answers.ABSENT:
            return HTTPStatus.NOT_FOUND, "text/plain", b"404 page not found\n"
        if self._answers is Answers.EMPTY:
            return HTTPStatus.OK, "application/json", b"{}"
        if self.path not in self._kept:
            self._kept[self.path] = _ask(self._upstream, self.path)
        return self._kept[self.path]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name there)
        """Keep quiet."""


def _ask(address: str, path: str) -> Answer:
    link = HTTPConnection(address, timeout=5)
    link.request("GET", path)
    said = link.getresponse()
    return said.status, said.headers.get("Content-Type", ""), said.read()


def main(args: list[str]) -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser("monitor", description=__doc__)
    parser.add_argument("answers", type=Answers)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--listen", required=True)
    said = parser.parse_args(args)
    host, _, port = said.listen.rpartition(":")
    kept: dict[str, Answer] = {}
    answering = partial(_Monitoring, said.answers, said.upstream, kept)
    with ThreadingHTTPServer((host, int(port)), answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.buffer.read()
        server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1:])
