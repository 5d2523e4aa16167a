"""Services of the system account: what the server answers when asked on `$SYS.REQ`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from natsim.broker.effects import CloseReason

from .account_statistics import account_statistics
from .go_json import is_bool, is_int, is_list_of_texts, is_text, read_fields
from .json_text import present, text_of
from .monitor.accountz import Accountz
from .monitor.connz import Connz
from .monitor.endpoints import NAMES, ask
from .monitor.errors import BadRequest
from .monitor.neighbours import Leafz
from .monitor.subsz import Subsz
from .parser import ProtocolError

if TYPE_CHECKING:
    from .client import Client
    from .json_text import Fields, Json
    from .monitor.question import Question
    from .options import Permissions, SubjectRules
    from .services import Request
    from .state import State

Endpoint: TypeAlias = "Callable[[bytes], Json]"
"""Makes the data of an answer from the JSON of a request, empty for none; None for no data.

Raises BadRequest, ProtocolError for JSON that is not what it must be, NoAnswer.
"""

_NAMES = [name for name in NAMES if name != "ACCSTATZ"]
"""What the server is asked for here; that endpoint is HTTP's alone."""

_BAD_REQUEST, _SERVER_ERROR = 400, 500
_FILTERS = {
    "server_name": is_text,
    "cluster": is_text,
    "host": is_text,
    "exact_match": is_bool,
    "tags": is_list_of_texts,
    "domain": is_text,
}


class NoAnswer(Exception):
    """A request concerns others, so nothing is said to it."""


class SystemServices:
    """Answers on `$SYS.REQ`. tell_lame_duck(client): sends a client the INFO that asks it to go."""

    __slots__ = ("_events", "_state", "_system", "_tell_lame_duck")

    def __init__(self, state: State, tell_lame_duck: Callable[[Client], None]) -> None:
        self._state = state
        self._system = state.system
        self._events = state.events
        self._tell_lame_duck = tell_lame_duck
        self.open()

    def open(self) -> None:
        """Take the requests that the server answers by itself; after a reload, again."""
        for name, serve in self._of_servers().items():
            for server in (b"PING", self._id):
                self._take(b"$SYS.REQ.SERVER.%b.%b" % (server, name.encode()), serve)
        for name, endpoint in self._of_accounts().items():
            subject = b"$SYS.REQ.ACCOUNT.*." + name.encode()
            self._take(subject, partial(self._answer_of_account, endpoint))
        own = b"$SYS.REQ.SERVER.%b." % self._id
        others: dict[bytes, Callable[[Request], None]] = {
            b"$SYS.REQ.SERVER.PING": self._tell_statistics,
            b"$SYS.REQ.USER.*.INFO": self._tell_user,
            b"$SYS.REQ.ACCOUNT.*.CONNS": self._tell_connections,
            b"$SYS.REQ.ACCOUNT.PING.STATZ": partial(self._answer, self._all_account_statistics),
            b"$SYS.DEBUG.SUBSCRIBERS": self._tell_subscribers,
            own + b"KICK": partial(self._answer, self._kick),
            own + b"LDM": partial(self._answer, self._send_away),
        }
        for subject, serve in others.items():
            self._take(subject, serve)

    def _of_servers(self) -> dict[str, Callable[[Request], None]]:
        monitored: dict[str, Callable[[Request], None]] = {
            name: partial(self._answer, partial(self._ask, name)) for name in _NAMES
        }
        return {"STATSZ": self._tell_statistics, "IDZ": self._tell_id, **monitored}

    def _of_accounts(self) -> dict[str, Callable[[str, bytes], Json]]:
        return {
            "STATZ": self._account_statistics,
            "CONNZ": lambda name, text: self._put(replace(Connz.of_json(text), account=name)),
            "SUBSZ": lambda name, text: self._put(
                replace(Subsz.of_json(text), account=name, has_list=True)
            ),
            "LEAFZ": lambda _, text: self._put(Leafz.of_json(text)),
            "JSZ": _no_jetstream,
            "INFO": lambda name, _: self._put(Accountz(account=name))["account_detail"],
        }

    def _ask(self, name: str, text: bytes) -> Json:
        return ask(self._state, name, text, self._events.process)

    def _put(self, question: Question) -> Fields:
        return question.answer(self._state, self._events.process)

    def _answer_of_account(self, endpoint: Callable[[str, bytes], Json], request: Request) -> None:
        self._answer(partial(endpoint, _account_of(request)), request)

    def _take(self, pattern: bytes, serve: Callable[[Request], None]) -> None:
        def take(request: Request) -> bool:
            serve(request)
            return True

        self._state.accounts.system_account.services.add(pattern, take)

    def _answer(self, endpoint: Endpoint, request: Request) -> None:
        reply = request.message.line.reply
        if not reply:
            return
        text = _payload(request)
        try:
            if text and not self._is_meant(text):
                return
            told_of: Fields = {"data": endpoint(text)}
        except NoAnswer:
            return
        except ProtocolError as error:
            told_of = _error(_BAD_REQUEST, error.detail)
        except BadRequest as refusal:
            told_of = _error(_SERVER_ERROR, refusal.text)
        told_of = {name: value for name, value in told_of.items() if value is not None}
        self._system.say(reply, {"server": self._system.server(), **told_of})

    def _is_meant(self, text: bytes) -> bool:
        """Tell whether the filters of a request let this server answer. Raises ProtocolError."""
        given = dict(read_fields(text, _FILTERS))
        identity, options = self._state.identity, self._state.options
        known = {"server_name": identity.name, "host": options.host, "cluster": ""}
        for name, mine in known.items():
            wanted = given.get(name) or ""
            assert isinstance(wanted, str), "read_fields checked it"
            if wanted and (wanted != mine if given.get("exact_match") else wanted not in mine):
                return False
        tags = given.get("tags") or []
        assert isinstance(tags, list), "read_fields checked it"
        return not given.get("domain") and all(tag in options.server_tags for tag in tags)

    def _tell_statistics(self, request: Request) -> None:
        text = _payload(request)
        # Without a reply subject, it is told to all.
        reply = request.message.line.reply or b"$SYS.SERVER.%b.STATSZ" % self._id
        try:
            if text and not self._is_meant(text):
                return
        except ProtocolError as error:
            refusal = _error(_BAD_REQUEST, error.detail)
            self._system.say(reply, {"server": self._system.server(), **refusal})
            return
        self._system.say(reply, self._events.statistics())

    def _tell_id(self, request: Request) -> None:
        identity = self._state.identity
        if request.message.line.reply:
            told_of = {
                "name": identity.name,
                "host": self._state.options.host,
                "id": identity.server_id,
            }
            self._system.say(request.message.line.reply, told_of)

    def _tell_user(self, request: Request) -> None:
        reply, about, client = request.message.line.reply, request.trail.about, request.publisher
        if not reply or about is None or client is None:
            return
        account = self._state.accounts.get(str(about.get("acc")))
        user = {
            "user": about.get("user", ""),
            "account": about.get("acc"),
            "account_name": account.name_tag if account is not None else "",
            **present(
                {
                    "permissions": _permissions(client),
                    "expires": self._left_ns(client),
                }
            ),
        }
        self._system.say(reply, {"server": self._system.server(), "data": user})

    def _left_ns(self, client: Client) -> int:
        identity = client.identity
        if identity is None or identity.expiry is None:
            return 0
        return max(identity.expiry.wall_ns - self._state.now.wall_ns, 0)

    def _tell_connections(self, request: Request) -> None:
        reply = request.message.line.reply
        account = self._state.accounts.get(_account_of(request))
        if reply and account is not None and account.clients:
            self._system.say(reply, self._events.connections(account))

    def _tell_subscribers(self, request: Request) -> None:
        """Count who would get a message. The request: a literal subject, and maybe a queue."""
        words = _payload(request).split(b" ")
        about, client = request.trail.about or {}, request.publisher
        name = about.get("svc") or about.get("acc")
        account = self._state.accounts.get(str(name)) if name else client and client.account
        if not request.message.line.reply or not account:
            return
        match = account.sublist.match(words[0])
        members = [member for group in match.groups for member in group]
        if len(words) > 1:
            count = sum(member.queue == words[1] for member in members)
        else:
            count = len(match.plain) + len(members)
        self._system.say(request.message.line.reply, count)

    def _account_statistics(self, name: str, _: bytes) -> Json:
        account = self._state.accounts.get(name)
        if account is None or not account.clients:
            raise NoAnswer
        return self._statistics_of([account_statistics(account, list(account.clients.values()))])

    def _all_account_statistics(self, _: bytes) -> Json:
        accounts = [each for each in self._state.accounts.all() if each.clients]
        return self._statistics_of(
            [account_statistics(account, list(account.clients.values())) for account in accounts]
        )

    def _statistics_of(self, numbers: list[Fields]) -> Fields:
        return {
            "server_id": self._state.identity.server_id,
            "now": self._system.now(),
            "account_statz": numbers,
        }

    def _kick(self, text: bytes) -> None:
        client = self._named(text, "no such client or leafnode id")
        self._state.refuse(client, None, CloseReason.KICKED)

    def _send_away(self, text: bytes) -> None:
        client = self._named(text, "no such client id")
        if client.options.protocol < 1 or not client.is_told_connect_info:
            raise BadRequest(
                "client does not support Lame Duck Mode or is not ready to receive the notification"
            )
        self._tell_lame_duck(client)

    def _named(self, text: bytes, problem: str) -> Client:
        given = dict(read_fields(text or b"null", {"cid": is_int}))
        for client in self._state.clients.values():
            if client.cid == given.get("cid"):
                return client
        raise BadRequest(problem)

    @property
    def _id(self) -> bytes:
        return self._state.identity.server_id.encode()


def _no_jetstream(_: str, __: bytes) -> Json:
    raise BadRequest("jetstream not enabled")


def _payload(request: Request) -> bytes:
    message = request.message
    return message.frame[message.line.header_size : -2]


def _account_of(request: Request) -> str:
    return request.message.line.subject.split(b".")[3].decode(errors="replace")


def _error(code: int, description: str) -> Fields:
    return {"error": {"code": code, "description": description}}


def _permissions(client: Client) -> Fields:
    permissions = client.permissions
    if permissions is None:
        return {}
    options: Permissions = permissions.options
    fields: Fields = {"publish": _rules(options.publish), "subscribe": _rules(options.subscribe)}
    rule = options.responses
    if rule is not None:
        fields["responses"] = {"max": rule.max_messages, "ttl": rule.expires_ns}
    return fields


def _rules(rules: SubjectRules) -> Fields:
    return present(
        {
            "allow": [text_of(rule) for rule in rules.allow],
            "deny": [text_of(rule) for rule in rules.deny],
        }
    )
