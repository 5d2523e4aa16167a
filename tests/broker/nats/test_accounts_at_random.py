"""Whatever clients of several accounts say, nothing of them is left when they are gone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from natsim.broker.events import Reload
from natsim.broker.nats.account import Account
from natsim.broker.nats.options import (
    AccountOptions,
    Destination,
    Export,
    Mapping,
    Options,
    Permissions,
    ResponseRule,
    ResponseType,
    ServiceExport,
    ServiceImport,
    StreamExport,
    StreamImport,
    SubjectRules,
)

from .account_options import options_of
from .conversation import Conversation

CLIENTS = 4
_NAMES = ("A", "B", "C")
_SUBJECTS = (
    b"s.a", b"s.b", b"q.a", b"q.b", b"z.a", b"m.x", b"p.s.a", b"i.1",
    b"$SYS.REQ.USER.INFO", b"$SYS.REQ.SERVER.PING", b"_R_.000000.000000",
)  # fmt: skip
_PATTERNS = (*_SUBJECTS, b">", b"s.*", b"q.>", b"*.a", b"p.>", b"$SYS.>", b"i.*")

_accounts = st.sampled_from(_NAMES)
_streams = st.sampled_from([b"s.>", b"s.*", b"s.a", b">"])
_services = st.sampled_from([b"q.>", b"q.*", b"q.a"])
_exports: st.SearchStrategy[Export] = st.one_of(
    st.builds(StreamExport, subject=_streams),
    st.builds(ServiceExport, subject=_services, response_type=st.sampled_from(ResponseType)),
)
_stream_imports = st.builds(
    StreamImport, account=_accounts, subject=_streams, prefix=st.sampled_from([b"", b"p", b"s"])
)
_service_imports = st.builds(
    ServiceImport,
    account=_accounts,
    subject=_services,
    to=st.sampled_from([b"", b"z.a"]),
    share=st.booleans(),
)
_destinations = st.builds(
    Destination,
    subject=st.sampled_from([b"s.b", b"q.a", b"z.a"]),
    weight=st.sampled_from([50, 100]),
)
_mappings = st.builds(
    Mapping, source=st.sampled_from([b"m.*", b"s.a"]), destinations=st.tuples(_destinations)
)
_permissions = st.sampled_from(
    [
        Permissions(publish=SubjectRules(allow=(b"q.>", b"m.>")), responses=ResponseRule()),
        Permissions(subscribe=SubjectRules(deny=(b"s.a", b"q.* g"))),
    ]
)


@st.composite
def _options(draw: st.DrawFn) -> Options:
    accounts = [
        AccountOptions(
            name=name,
            exports=tuple(draw(st.lists(_exports, max_size=3))),
            stream_imports=tuple(draw(st.lists(_stream_imports, max_size=2))),
            service_imports=tuple(draw(st.lists(_service_imports, max_size=2))),
            mappings=tuple(draw(st.lists(_mappings, max_size=1))),
        )
        for name in _NAMES
    ]
    restricted = draw(st.dictionaries(st.sampled_from(["a", "b", "c"]), _permissions))
    return options_of(*accounts, AccountOptions(name="$SYS"), **restricted)


@st.composite
def _commands(draw: st.DrawFn) -> bytes:
    sid = b"%d" % draw(st.integers(1, 4))
    match draw(st.sampled_from(["sub", "sub", "unsub", "connect", "pub", "pub", "pub"])):
        case "sub":
            queue = draw(st.sampled_from([b"", b" g"]))
            return b"SUB " + draw(st.sampled_from(_PATTERNS)) + queue + b" " + sid + b"\r\n"
        case "unsub":
            return b"UNSUB " + sid + draw(st.sampled_from([b"", b" 2"])) + b"\r\n"
        case "connect":
            user = draw(st.sampled_from([b"a", b"b", b"c"]))
            return b'CONNECT {"user":"%b","pass":"%b"}\r\n' % (user, user)
        case _:
            reply = draw(st.sampled_from([b"", b" i.1", b" i.2"]))
            line = b"PUB " + draw(st.sampled_from(_SUBJECTS)) + reply + b" 1\r\nx\r\n"
            return line * draw(st.sampled_from([1, 1, 4]))


_turns = st.one_of(
    st.tuples(st.integers(1, CLIENTS), _commands()), _options(), st.sampled_from([0.3, 3.0, 130.0])
)


@settings(max_examples=60, deadline=None)
@given(_options(), st.lists(_turns, max_size=25))
def test_nothing_is_left_of_clients_that_are_gone(
    options: Options, turns: list[tuple[int, bytes] | Options | float]
) -> None:
    talk = Conversation(options)
    for conn, user in enumerate(("a", "b", "c", "sys"), 1):
        talk.log_in(conn, user)

    for turn in turns:
        _take(talk, turn)
    accounts = talk.broker._state.accounts.all()
    owed = sum(len(account.answers) for account in accounts)
    awaited = sum(len(answers) for account in accounts for answers in account.waiting.values())
    for conn in range(1, CLIENTS + 1):
        talk.leave(conn)

    assert owed == awaited
    assert [_left(account) for account in accounts] == [(0, 0)] * len(accounts)


def _take(talk: Conversation, turn: tuple[int, bytes] | Options | float) -> None:
    if isinstance(turn, Options):
        talk.tell(Reload(turn))
    elif isinstance(turn, tuple):
        conn, said = turn
        if conn not in talk.closed:
            talk.say(conn, said)
    else:
        talk.pass_to(talk.now_ns / 1e9 + turn)


def _left(account: Account) -> tuple[int, int]:
    return account.sublist.count, len(account.clients)
