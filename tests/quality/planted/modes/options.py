"""CONNECT, whose options are not followed, or not checked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import Json, Session, json_of

if TYPE_CHECKING:
    from tests.quality.planted.command import Command

_AREA = "core.connect"
_SWITCHES = ("verbose", "pedantic", "echo", "headers", "no_responders", "tls_required")
_KNOWN = (*_SWITCHES, "auth_token", "user", "pass", "nkey", "jwt", "sig", "name", "lang", "version")
_COMMANDS = frozenset([b"PUB", b"HPUB", b"SUB", b"UNSUB", b"PING", b"PONG", b"CONNECT"])


class _Rewriting(Session):
    """Has the server hear other options than the client said."""

    verbs = frozenset([b"CONNECT"])

    def command(self, command: Command) -> Iterable[bytes]:
        said = json_of(command.args[0])
        changes = {} if said is None else self.changes({**self.options, **said})
        yield _with(command.args[0], changes) if changes else self.pass_on(command)

    def changes(self, options: Json) -> Json:
        """Give what the server shall hear differently of these options, earlier ones included."""
        raise NotImplementedError


def _with(said: bytes, changes: Json) -> bytes:
    # Behind all else, since the last one of a name holds.
    inner = said.strip()[1:-1].strip()
    return b"CONNECT {%b}\r\n" % b",".join(
        filter(None, [inner, json.dumps(changes).encode()[1:-1]])
    )


@planted("verbose.ignored", "The option verbose is taken as false.", _AREA)
class VerboseIgnored(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"verbose": False}


@planted("verbose.forced", "The option verbose is taken as true.", _AREA)
class VerboseForced(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"verbose": True}


@planted("verbose.default", "Without the option, a connection is not verbose.", _AREA)
class VerboseDefault(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"verbose": options.get("verbose", False)}


@planted("pedantic.ignored", "The option pedantic is taken as false.", _AREA, "core.errors")
class PedanticIgnored(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"pedantic": False}


@planted("pedantic.forced", "The option pedantic is taken as true.", _AREA, "core.errors")
class PedanticForced(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"pedantic": True}


@planted("echo.ignored", "The option echo is taken as true.", _AREA, "core.sub")
class EchoIgnored(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"echo": True}


@planted("echo.never", "A connection never gets what it publishes itself.", _AREA, "core.sub")
class EchoNever(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"echo": False}


@planted("headers.ignored", "The option headers is taken as false.", _AREA, "core.headers")
class HeadersIgnored(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"headers": False, "no_responders": False}


@planted(
    "headers.unasked", "Headers come to clients that did not ask for them.", "core.headers", _AREA
)
class HeadersUnasked(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {} if options.get("no_responders") else {"headers": True}


@planted(
    "no-responders.ignored", "The option no_responders is taken as false.", _AREA, "core.request"
)
class NoRespondersIgnored(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"no_responders": False}


@planted(
    "no-responders.unasked",
    "No responders is said to those that did not ask.",
    _AREA,
    "core.request",
)
class NoRespondersUnasked(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {"no_responders": True} if options.get("headers") else {}


@planted(
    "no-responders.unchecked",
    "The option no_responders needs no headers.",
    _AREA,
    "core.request",
    "core.errors",
)
class NoRespondersUnchecked(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {} if options.get("headers") else {"no_responders": False}


@planted("connect.protocol", "Any number is a protocol.", _AREA)
class ProtocolUnchecked(_Rewriting):
    def changes(self, options: Json) -> Json:
        return {} if options.get("protocol", 0) in (0, 1) else {"protocol": 1}


@planted("connect.types", "Options of the wrong type are taken.", _AREA)
class TypesUnchecked(Session):
    verbs = frozenset([b"CONNECT"])

    def command(self, command: Command) -> Iterable[bytes]:
        said = json_of(command.args[0]) or {}
        wrong = [name for name in _SWITCHES if not isinstance(said.get(name, False), bool)]
        right = {name: value for name, value in said.items() if name not in wrong}
        yield _with(b"{}", right) if wrong else self.pass_on(command)


@planted("connect.key-case", "Options in capitals are not known.", _AREA)
class KeyCase(Session):
    verbs = frozenset([b"CONNECT"])

    def command(self, command: Command) -> Iterable[bytes]:
        said = json_of(command.args[0]) or {}
        known = {
            name: value for name, value in said.items() if b'"%b"' % name.encode() in command.line
        }
        yield self.pass_on(command) if known == said else _with(b"{}", known)


@planted("connect.unknown-key", "An option that nobody knows closes the connection.", _AREA)
class UnknownKey(Session):
    verbs = frozenset([b"CONNECT"])

    def command(self, command: Command) -> Iterable[bytes]:
        said = json_of(command.args[0]) or {}
        is_known = all(name in (*_KNOWN, "protocol") for name in said)
        yield self.pass_on(command) if is_known else self.refuse(b"")


@planted(
    "connect.bad-json",
    "A CONNECT that is no JSON is taken for an empty one.",
    _AREA,
    "core.grammar",
)
class BadJson(Session):
    verbs = frozenset([b"CONNECT"])

    def command(self, command: Command) -> Iterable[bytes]:
        is_json = json_of(command.args[0]) is not None
        yield self.pass_on(command) if is_json else b"CONNECT {}\r\n"


@planted("connect.empty", "A CONNECT without any option closes the connection.", _AREA)
class Empty(Session):
    verbs = frozenset([b"CONNECT"])

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.refuse(b"") if json_of(command.args[0]) == {} else self.pass_on(command)


@planted("connect.again-refused", "A second CONNECT is an error.", _AREA)
class AgainRefused(Session):
    verbs = frozenset([b"CONNECT"])
    has_connected = False

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.refuse() if self.has_connected else self.pass_on(command)
        self.has_connected = True


@planted("connect.again-ignored", "A second CONNECT changes nothing.", _AREA)
class AgainIgnored(Session):
    verbs = frozenset([b"CONNECT"])
    has_connected = False

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.swallow() if self.has_connected else self.pass_on(command)
        self.has_connected = True


@planted("connect.needed", "Nothing may be said before CONNECT.", _AREA)
class Needed(Session):
    verbs = _COMMANDS
    has_connected = False

    def command(self, command: Command) -> Iterable[bytes]:
        self.has_connected |= command.verb == b"CONNECT"
        is_refused = not self.has_connected
        yield self.refuse(b"Authorization Violation") if is_refused else self.pass_on(command)
