"""From a request of HTTP to the answer: paths, redirections, status, headers.

Source: seen on nats-server 2.15.1, whose router cleans paths, and looks at no method.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from natsim.broker.nats.json_text import json_bytes

from .endpoints import ALIASES, ENDPOINTS, Counted, Endpoint
from .errors import BadRequest
from .exchange import MonitorRequest, MonitorResponse
from .internals import NO_RAFT, Expvarz
from .page import page
from .query import Query, Target, read_target

if TYPE_CHECKING:
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

_OK, _REDIRECT, _BAD_REQUEST, _NOT_FOUND = 200, 307, 400, 404
_JSON = (("Access-Control-Allow-Origin", "*"), ("Content-Type", "application/json"))
_TEXT = (("Content-Type", "text/plain; charset=utf-8"),)
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
_EXPVAR = (("Content-Type", "application/json; charset=utf-8"),)


def respond(state: State, request: MonitorRequest, process: ProcessStatistics) -> MonitorResponse:
    """Answer a request, and count it; any target has an answer."""
    if request.target == "*":
        return MonitorResponse(_OK, (), b"")
    try:
        target = read_target(request.target)
        return _respond(state, request, target, process)
    except BadRequest as refusal:
        return _text(_BAD_REQUEST, refusal.text)


def _respond(
    state: State, request: MonitorRequest, target: Target, process: ProcessStatistics
) -> MonitorResponse:
    cleaned = _cleaned(target.path)
    if cleaned != target.path and request.method != "CONNECT":
        return _redirect(request, cleaned, target.raw_query)
    monitor = state.options.monitor
    base = "" if monitor is None else monitor.base_path.rstrip("/")
    if target.path == (base or "/"):
        state.statistics.count_request("/")
        return MonitorResponse(_OK, _HTML, page(state.identity, base).encode())
    if not target.path.startswith(f"{base}/"):
        return _not_found()
    path = target.path.removeprefix(base)
    endpoint = ENDPOINTS.get(ALIASES.get(path, path))
    if endpoint is not None:
        return _ask(state, endpoint, Query.read(target.raw_query), process)
    match path:
        case "/stacksz":
            return MonitorResponse(_OK, _JSON, process.stacks().encode())
        case "/raftz":
            return _text(_NOT_FOUND, NO_RAFT)
        case "/debug/vars":
            return MonitorResponse(
                _OK, _EXPVAR, json_bytes(Expvarz().answer(state, process), 0) + b"\n"
            )
        case _:
            return _not_found()


def _ask(
    state: State, endpoint: Endpoint, query: Query, process: ProcessStatistics
) -> MonitorResponse:
    if endpoint.counted is Counted.ALL:
        state.statistics.count_request(endpoint.path)
    question = endpoint.of_query(query)
    if endpoint.counted is Counted.READABLE:
        state.statistics.count_request(endpoint.path)
    fields = question.answer(state, process)
    # Only /healthz has one: its options may be wrong, and the answer is JSON all the same.
    status = fields.pop("status_code", _OK)
    assert isinstance(status, int)
    return MonitorResponse(status, _JSON, json_bytes(fields, endpoint.indent))


def _text(status: int, text: str) -> MonitorResponse:
    return MonitorResponse(status, _TEXT, text.encode("utf-8", "surrogateescape"))


def _not_found() -> MonitorResponse:
    sniffing = ("X-Content-Type-Options", "nosniff")
    return MonitorResponse(_NOT_FOUND, (*_TEXT, sniffing), b"404 page not found\n")


def _redirect(request: MonitorRequest, path: str, raw_query: str) -> MonitorResponse:
    where = quote(path, safe="/:@!$&'()*+,;=~", errors="surrogateescape")
    if raw_query:
        where += f"?{raw_query}"
    if request.method not in ("GET", "HEAD"):
        return MonitorResponse(_REDIRECT, (("Location", where),), b"")
    body = f'<a href="{escape(where)}">Temporary Redirect</a>.\n\n'
    return MonitorResponse(_REDIRECT, (*_HTML, ("Location", where)), body.encode())


def _cleaned(path: str) -> str:
    """Give the shortest path that leads to the same place; a slash at the end stays.

    >>> _cleaned("/a/./b//../c/"), _cleaned("//"), _cleaned("/..")
    ('/a/c/', '/', '/')
    """
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    cleaned = "/" + "/".join(kept)
    return f"{cleaned}/" if path.endswith("/") and kept else cleaned
