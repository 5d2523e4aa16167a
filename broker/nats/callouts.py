"""Auth callout: asking a service about clients, and waiting for its answers.

What a request says and what an answer means is in auth/callout.py.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from natsim.record import record

from .alarms import Alarm
from .auth.callout import SUBJECT, AskedFor, Asker
from .commands import Publish, PublishLine
from .nkey import KEY_BYTES, KeyKind, Seed, public_key
from .services import Trail

if TYPE_CHECKING:
    from .auth import Admitted, NeedsCallout, Refused
    from .client import Client
    from .services import Request
    from .state import State

_INBOX = b"$SYS._INBOX."
_TOKEN_BYTES = 8
_CRLF = b"\r\n"


@record
class _Question:
    client: Client
    asked: AskedFor
    until_ns: int


class Callouts:
    """The questions that are open.

    answered: who was decided on during this event, and how; to be gone on with at its end, since an
    answer comes in the middle of what another client says.
    """

    __slots__ = ("_open", "_state", "answered")

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: dict[bytes, _Question] = {}
        self.answered: deque[tuple[Client, Admitted | Refused]] = deque()

    def open(self) -> None:
        """Listen for answers; after a reload, again."""
        callout = self._state.authenticator.callout
        account = None if callout is None else self._state.accounts.get(callout.account)
        if account is not None:
            account.services.add(_INBOX + b"*", self._take_answer)

    def ask(self, client: Client, needed: NeedsCallout) -> None:
        """Ask about a client; it waits until `answered` names it, or its time is over."""
        state, callout = self._state, self._state.authenticator.callout
        assert callout is not None, "it was the callout that decided so"
        self._drop_late()
        timeout_ns = state.authenticator.timeout_ns
        until_ns = state.now.mono_ns + timeout_ns
        asked = AskedFor(
            user_nkey=public_key(Seed(KeyKind.USER, self._draw(KEY_BYTES))),
            cid=client.cid,
            host=client.peer_host,
            kind=client.kind,
            nonce=client.nonce.decode(),
            options=needed.options,
            tls=client.tls,
        )
        inbox = _INBOX + self._draw(_TOKEN_BYTES).hex().encode()
        self._open[inbox] = _Question(client, asked, until_ns)
        state.alarms.set(client, Alarm.AUTHENTICATE, until_ns)
        payload = callout.make_request(self._asker(), asked, state.now.wall_ns, timeout_ns)
        size = len(payload)
        subject = SUBJECT.encode()
        line = PublishLine(b"", subject, inbox, None, 0, b"%d" % size, size, is_from_server=True)
        account = state.accounts.get(callout.account)
        if account is not None:
            state.delivery.route(account, None, Publish(line, payload + _CRLF), Trail())

    def _take_answer(self, request: Request) -> bool:
        state, line = self._state, request.message.line
        question, callout = self._open.pop(line.subject, None), state.authenticator.callout
        if question is None or callout is None or question.client.is_closed:
            return False
        payload = request.message.frame[line.header_size : -len(_CRLF)]
        decided = callout.read(payload, self._asker(), question.asked, state.now.wall_ns)
        self.answered.append((question.client, decided))
        return True

    def _drop_late(self) -> None:
        now_ns = self._state.now.mono_ns
        for inbox in [
            inbox
            for inbox, question in self._open.items()
            if question.until_ns < now_ns or question.client.is_closed
        ]:
            del self._open[inbox]

    def _asker(self) -> Asker:
        state = self._state
        return Asker(
            seed=state.identity.seed,
            server_id=state.identity.server_id,
            name=state.identity.name,
            host=state.options.host,
            tags=state.options.server_tags,
        )

    def _draw(self, size: int) -> bytes:
        return bytes(self._state.draw(256) for _ in range(size))
