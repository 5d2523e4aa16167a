"""One HTTP connection: h11 knows HTTP, here is when to read, to answer and to give up.

Laws of the file: one request is answered at a time, and no more is read before its answer is taken;
every wait has an end.
"""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

import h11

from natsim.broker.nats.monitor import MonitorRequest, MonitorResponse

from . import limits

if TYPE_CHECKING:
    from .listener import MonitorListener, Wrap

    Headers: TypeAlias = tuple[tuple[str, str], ...]

_REFUSALS = {
    400: "400 Bad Request",
    405: "405 Method Not Allowed",
    431: "431 Request Header Fields Too Large",
    501: "Unsupported transfer encoding",
    505: "505 HTTP Version Not Supported: unsupported protocol version",
}
_TEXT = (("Content-Type", "text/plain; charset=utf-8"),)
_CLOSING = (("Connection", "close"),)


class Phase(Enum):
    """What is waited for: a request, its end, or that the peer takes the answer or goes."""

    IDLE = "idle"
    READING = "reading"
    WRITING = "writing"
    PARTING = "parting"
    CLOSING = "closing"


_PATIENCE_S = {
    Phase.IDLE: limits.IDLE_S,
    Phase.READING: limits.REQUEST_S,
    Phase.WRITING: limits.RESPONSE_S,
    Phase.PARTING: limits.PARTING_S,
    Phase.CLOSING: limits.RESPONSE_S,
}
_OVER = (Phase.PARTING, Phase.CLOSING)


class HttpConnection(asyncio.Protocol):
    """Answers what is asked on one connection."""

    def __init__(
        self, listener: MonitorListener, loop: asyncio.AbstractEventLoop, wrap: Wrap | None
    ) -> None:
        self._listener = listener
        self._loop = loop
        self._wrap = wrap
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=limits.HEAD_BYTES_MAX)
        self._request: h11.Request | None = None
        self._body_bytes = 0
        self._is_blocked = False
        self._phase = Phase.IDLE
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    def abort(self) -> None:
        """End at once."""
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if not self._listener.admit(self):
            transport.abort()
            return
        # One answer waits to be taken, whatever its size: then no other one is made.
        transport.set_write_buffer_limits(0)
        self._transport = transport if self._wrap is None else self._wrap(transport, self)
        self._enter(Phase.READING)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None and self._phase not in _OVER:
            self._advance(data)

    def eof_received(self) -> bool:
        # What was asked before is answered already; asyncio closes.
        return False

    def pause_writing(self) -> None:
        self._is_blocked = True
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_blocked = False
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._advance(b"")

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        self._listener.release(self)

    # Requests.

    def _advance(self, data: bytes) -> None:
        try:
            if data:
                self._http.receive_data(data)
            while not self._is_blocked and self._phase not in _OVER:
                event = self._http.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED:
                    break
                self._take(event)
        except h11.RemoteProtocolError as error:
            self._refuse(error.error_status_hint)
        self._watch()

    def _take(self, event: object) -> None:
        match event:
            case h11.Request():
                self._begin(event)
            case h11.Data():
                self._body_bytes += len(event.data)
                if self._body_bytes > limits.BODY_BYTES_MAX:
                    self._answer_early()
            case h11.EndOfMessage():
                self._answer()
            case _:
                self._part()

    def _begin(self, request: h11.Request) -> None:
        self._request = request
        self._body_bytes = 0
        if not request.http_version.startswith(b"1."):
            self._refuse(505)
        elif request.method == b"CONNECT":
            # nats-server answers as to GET, which would mean that a tunnel is open.
            self._refuse(405)
        elif self._http.they_are_waiting_for_100_continue:
            # Nobody wants the body: they need not send it.
            self._answer_early()

    def _answer(self) -> None:
        is_last = self._http.their_state is h11.MUST_CLOSE
        self._write(self._respond())
        if is_last:
            self._close()
        else:
            self._http.start_next_cycle()
            self._enter(Phase.IDLE)

    def _answer_early(self) -> None:
        """Answer a request that is not whole, and read no more."""
        self._write(self._respond(), _CLOSING)
        self._part()

    def _refuse(self, status: int) -> None:
        """Answer what is not HTTP, or none that we speak, and read no more."""
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._write(MonitorResponse(status, _TEXT, _REFUSALS[status].encode()), _CLOSING)
        self._part()

    def _respond(self) -> MonitorResponse:
        request = self._request
        assert request is not None, "h11 gives a request before its end"
        return self._listener.respond(
            MonitorRequest(request.target.decode("ascii"), request.method.decode("ascii"))
        )

    def _write(self, response: MonitorResponse, more: Headers = ()) -> None:
        if self._transport is None:
            return
        head = h11.Response(
            status_code=response.status,
            reason=HTTPStatus(response.status).phrase,
            headers=[
                *response.headers,
                *more,
                ("Date", formatdate(self._listener.wall_s(), usegmt=True)),
                ("Content-Length", str(len(response.body))),
            ],
        )
        is_bodiless = self._request is not None and self._request.method == b"HEAD"
        body = h11.Data(data=b"" if is_bodiless else response.body)
        self._request = None
        parts = (head, body, h11.EndOfMessage())
        self._transport.write(b"".join(self._http.send(part) or b"" for part in parts))

    # The end of every wait.

    def _watch(self) -> None:
        if self._phase in _OVER:
            return
        if self._is_blocked:
            self._enter(Phase.WRITING)
        elif self._phase is not Phase.READING:
            has_begun = self._http.their_state is not h11.IDLE or self._http.trailing_data[0]
            self._enter(Phase.READING if has_begun else Phase.IDLE)

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(_PATIENCE_S[phase], self._give_up)

    def _part(self) -> None:
        """Close soon: a peer that still sends would lose its answer if it were done at once."""
        if self._transport is not None and self._transport.can_write_eof():
            self._transport.write_eof()
        self._enter(Phase.PARTING)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        self._enter(Phase.CLOSING)

    def _give_up(self) -> None:
        if self._transport is None:
            return
        if self._phase is Phase.PARTING:
            self._close()
        else:
            self._transport.abort()
