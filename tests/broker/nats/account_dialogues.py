"""What users of several accounts say and hear, byte for byte, as seen on nats-server 2.15.1."""

from natsim.broker.nats.options import (
    AccountLimits,
    AccountOptions,
    Destination,
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
from .dialogue import VERBOSE, Dialogue, Turn
from .phrases import msg, pub, sub


def _streams(*imports: StreamImport, export: bytes = b">") -> Options:
    return options_of(
        AccountOptions(name="A", exports=(StreamExport(subject=export),)),
        AccountOptions(name="B", stream_imports=imports),
    )


def _services(
    *imports: ServiceImport,
    response_type: ResponseType = ResponseType.SINGLETON,
    **permissions: Permissions,
) -> Options:
    export = ServiceExport(subject=b"svc.>", response_type=response_type)
    return options_of(
        AccountOptions(name="A", exports=(export,)),
        AccountOptions(name="B", service_imports=imports),
        **permissions,
    )


def _stream(subject: bytes, prefix: bytes = b"", to: bytes = b"") -> StreamImport:
    return StreamImport(account="A", subject=subject, prefix=prefix, to=to)


def _service(subject: bytes, to: bytes = b"", share: bool = False) -> ServiceImport:
    return ServiceImport(account="A", subject=subject, to=to, share=share)


def _mapped(*mappings: tuple[bytes, *tuple[bytes, ...]]) -> Options:
    mapped = tuple(
        Mapping(
            source=source,
            destinations=tuple(Destination(subject=each) for each in destinations),
        )
        for source, *destinations in mappings
    )
    return options_of(AccountOptions(name="A", mappings=mapped))


def _request(subject: bytes, reply: bytes) -> bytes:
    return b"PUB %b %b 1\r\nq\r\n" % (subject, reply)


_REPLY = b"_R_.xxxxxx.yyyyyy"
_ABOUT = b'Nats-Request-Info: {"acc":"B","rtt":1}\r\n'


def _asked(subject: bytes, about: bytes = _ABOUT, reply: bytes = _REPLY) -> bytes:
    """Write what a responder hears of a request, sizes left out."""
    reply = b" " + reply if reply else b""
    head = b"HMSG %b 1%b <sizes>\r\n" % (subject, reply)
    return head + b"NATS/1.0\r\n" + about + b"\r\nq\r\n"


def _nobody(subject: bytes, reply: bytes, sid: int) -> bytes:
    block = b"NATS/1.0 503\r\nNats-Subject: %b\r\n\r\n" % subject
    size = len(block)
    return b"HMSG %b %d %d %d\r\n%b\r\n" % (reply, sid, size, size, block)


_TIME = _service(b"svc.time", to=b"req.time")
_ASK = sub(b"inb.*") + _request(b"req.time", b"inb.1")

ACCOUNT_DIALOGUES = [
    # Isolation.
    Dialogue(
        name="an-account-hears-nothing-of-another",
        options=options_of(AccountOptions(name="A"), AccountOptions(name="B")),
        turns=[
            Turn("a", sub(b">")),
            Turn("b", sub(b">") + pub(b"foo"), {"b": msg(1, b"foo")}),
            Turn("a2", pub(b"foo"), {"a": msg(1, b"foo")}),
        ],
    ),
    Dialogue(
        name="a-second-connect-changes-the-account",
        options=options_of(AccountOptions(name="A"), AccountOptions(name="B")),
        turns=[
            Turn("a", sub(b"foo") + b'CONNECT {"user":"b","pass":"b"}\r\n' + sub(b"foo")),
            Turn("a2", pub(b"foo")),
            Turn("b", pub(b"foo"), {"a": msg(1, b"foo")}),
        ],
    ),
    Dialogue(
        name="an-account-has-room-for-so-many-connections",
        options=options_of(AccountOptions(name="A", limits=AccountLimits(max_connections=1))),
        turns=[
            Turn("a", b""),
            Turn("a2", b"", {"a2": b"-ERR 'maximum account active connections exceeded'\r\n"}),
            Turn("a", sub(b"foo") + pub(b"foo"), {"a": msg(1, b"foo")}),
        ],
    ),
    Dialogue(
        name="an-account-limits-subscriptions-and-payloads",
        options=options_of(
            AccountOptions(name="A", limits=AccountLimits(max_subscriptions=1, max_payload=2))
        ),
        turns=[
            Turn("a", sub(b"foo", b"bar"), {"a": b"-ERR 'maximum subscriptions exceeded'\r\n"}),
            Turn("a", b"PUB foo 2\r\nxx\r\n", {"a": b"MSG foo 1 2\r\nxx\r\n"}),
            Turn("a", b"PUB foo 3\r\nxxx\r\n", {"a": b"-ERR 'Maximum Payload Violation'\r\n"}),
        ],
    ),
    # Streams.
    Dialogue(
        name="a-stream-under-a-prefix",
        options=_streams(_stream(b"pub.>", prefix=b"from.A"), export=b"pub.>"),
        turns=[
            Turn("b", sub(b"from.A.pub.>")),
            Turn("a", pub(b"pub.x", b"pub.x.y"), {"b": msg(1, b"from.A.pub.x", b"from.A.pub.x.y")}),
            Turn("a", pub(b"pub.x") * 3, {"b": msg(1, b"from.A.pub.x") * 3}),
            Turn("a", b"PUB pub.x reply 1\r\nx\r\n", {"b": b"MSG from.A.pub.x 1 reply 1\r\nx\r\n"}),
            Turn("b", pub(b"from.A.pub.x"), {"b": msg(1, b"from.A.pub.x")}),
        ],
    ),
    Dialogue(
        name="a-stream-under-a-name",
        options=_streams(_stream(b"priv.x", to=b"mine.x")),
        turns=[
            Turn("b", sub(b"mine.x")),
            Turn("a", pub(b"priv.x", b"mine.x"), {"b": msg(1, b"mine.x")}),
            Turn("b", b"UNSUB 1\r\n"),
            Turn("a", pub(b"priv.x")),
        ],
    ),
    Dialogue(
        name="a-stream-under-its-own-name",
        options=_streams(_stream(b"pub.*")),
        turns=[
            Turn("b", sub(b"pub.x")),
            Turn("a", pub(b"pub.x", b"pub.y"), {"b": msg(1, b"pub.x")}),
        ],
    ),
    Dialogue(
        name="a-wider-subscription-gets-what-is-imported",
        options=_streams(_stream(b"pub.only")),
        turns=[
            Turn("b", sub(b"pub.>")),
            Turn("a", pub(b"pub.only", b"pub.other"), {"b": msg(1, b"pub.only")}),
        ],
    ),
    Dialogue(
        name="a-narrower-subscription-gets-its-part",
        options=_streams(_stream(b"pub.>", prefix=b"p")),
        turns=[
            Turn("b", sub(b"p.pub.a.*")),
            Turn("a", pub(b"pub.a.b", b"pub.b.b", b"pub.a"), {"b": msg(1, b"p.pub.a.b")}),
        ],
    ),
    Dialogue(
        name="a-subscription-that-overlaps-gets-what-both-match",
        options=_streams(_stream(b"pub.*.x", to=b"in.*.x")),
        turns=[
            Turn("b", sub(b"in.a.*")),
            Turn("a", pub(b"pub.a.x", b"pub.b.x"), {"b": msg(1, b"in.a.x")}),
        ],
    ),
    Dialogue(
        name="a-subscription-that-overlaps-by-its-tail",
        options=_streams(_stream(b"pub.*.x.*", to=b"in.*.x.*")),
        turns=[
            Turn("b", sub(b"*.a.>")),
            Turn("a", pub(b"pub.a.x.y", b"pub.b.x.y"), {"b": msg(1, b"in.a.x.y")}),
        ],
    ),
    Dialogue(
        name="tokens-of-a-stream-change-places",
        options=_streams(_stream(b"pub.*.*", to=b"in.$2.$1")),
        turns=[
            Turn("b", sub(b"in.a.*", b"in.*.q")),
            Turn("a", pub(b"pub.b.a"), {"b": msg(1, b"in.a.b")}),
            Turn("a", pub(b"pub.q.c"), {"b": msg(2, b"in.c.q")}),
        ],
    ),
    Dialogue(
        name="a-queue-group-of-an-imported-stream",
        options=_streams(_stream(b"pub.>", prefix=b"from")),
        turns=[
            Turn("b", sub(b"from.pub.x q")),
            Turn("b2", b""),
            Turn(
                "a",
                sub(b"pub.x other") + pub(b"pub.x"),
                {"b": msg(1, b"from.pub.x"), "a": msg(1, b"pub.x")},
            ),
        ],
    ),
    Dialogue(
        name="unsub-with-a-limit-does-not-reach-an-imported-stream",
        options=_streams(_stream(b"pub.>", prefix=b"from")),
        turns=[
            Turn("b", sub(b"from.pub.x") + b"UNSUB 1 2\r\n"),
            Turn("a", pub(b"pub.x") * 4, {"b": msg(1, b"from.pub.x") * 4}),
            Turn("b", pub(b"from.pub.x") * 4, {"b": msg(1, b"from.pub.x") * 2}),
            Turn("a", pub(b"pub.x") * 2),
        ],
    ),
    Dialogue(
        name="a-private-stream-and-one-by-token",
        options=options_of(
            AccountOptions(
                name="A",
                exports=(
                    StreamExport(subject=b"priv.>", accounts=("B",)),
                    StreamExport(subject=b"tok.*.x", token_position=2),
                ),
            ),
            AccountOptions(name="B", stream_imports=(_stream(b"priv.x"), _stream(b"tok.B.x"))),
        ),
        turns=[
            Turn("b", sub(b"priv.x", b"tok.B.x")),
            Turn(
                "a",
                pub(b"priv.x", b"tok.B.x", b"tok.C.x"),
                {"b": msg(1, b"priv.x") + msg(2, b"tok.B.x")},
            ),
        ],
    ),
    Dialogue(
        name="deny-goes-by-the-name-here",
        options=options_of(
            AccountOptions(name="A", exports=(StreamExport(subject=b"pub.>"),)),
            AccountOptions(name="B", stream_imports=(_stream(b"pub.>", prefix=b"in"),)),
            b=Permissions(subscribe=SubjectRules(deny=(b"in.pub.secret", b"pub.open"))),
        ),
        turns=[
            Turn("b", sub(b"in.>")),
            Turn("a", pub(b"pub.open", b"pub.secret") * 3, {"b": msg(1, b"in.pub.open") * 3}),
        ],
    ),
    Dialogue(
        name="deny-goes-by-the-name-here-for-a-queue-group-too",
        options=options_of(
            AccountOptions(name="A", exports=(StreamExport(subject=b"pub.>"),)),
            AccountOptions(name="B", stream_imports=(_stream(b"pub.>", prefix=b"in"),)),
            b=Permissions(subscribe=SubjectRules(deny=(b"in.pub.secret", b"pub.open"))),
        ),
        turns=[
            Turn("b", sub(b"in.> q")),
            Turn("a", pub(b"pub.open", b"pub.secret"), {"b": msg(1, b"in.pub.open")}),
        ],
    ),
    # Services.
    Dialogue(
        name="a-request-and-its-answer",
        options=_services(_TIME),
        turns=[
            Turn("a", sub(b"svc.time")),
            Turn("b", _ASK, {"a": _asked(b"svc.time")}),
            Turn(
                "a",
                b"PUB $REPLY 2\r\nr1\r\nPUB $REPLY 2\r\nr2\r\n",
                {"b": b"MSG inb.1 1 2\r\nr1\r\n"},
            ),
        ],
    ),
    Dialogue(
        name="a-request-without-reply",
        options=_services(_TIME),
        turns=[
            Turn("a", sub(b"svc.time")),
            Turn("b", b"PUB req.time 1\r\nq\r\n" * 4, {"a": _asked(b"svc.time", reply=b"") * 4}),
        ],
    ),
    Dialogue(
        name="nobody-answers-in-the-other-account",
        options=_services(_TIME),
        turns=[Turn("b", _ASK, {"b": _nobody(b"req.time", b"inb.1", 1)})],
    ),
    Dialogue(
        name="a-request-that-the-own-account-hears-too",
        options=_services(_TIME),
        turns=[
            Turn(
                "b",
                sub(b"req.>", b"inb.1") + _request(b"req.time", b"inb.1"),
                {"b": b"MSG req.time 1 inb.1 1\r\nq\r\n"},
            ),
        ],
    ),
    Dialogue(
        name="several-answers-until-an-empty-one",
        options=_services(_TIME, response_type=ResponseType.STREAM),
        turns=[
            Turn("a", sub(b"svc.time")),
            Turn("b", _ASK, {"a": _asked(b"svc.time")}),
            Turn(
                "a",
                b"PUB $REPLY 1\r\nx\r\n" * 3 + b"PUB $REPLY 0\r\n\r\nPUB $REPLY 1\r\ny\r\n",
                {"b": msg(1, b"inb.1") * 3 + b"MSG inb.1 1 0\r\n\r\n"},
            ),
        ],
    ),
    Dialogue(
        name="an-answer-in-chunks",
        options=_services(_TIME, response_type=ResponseType.CHUNKED),
        turns=[
            Turn("a", sub(b"svc.time")),
            Turn("b", _ASK, {"a": _asked(b"svc.time")}),
            Turn("a", b"PUB $REPLY 1\r\nx\r\n" * 2, {"b": msg(1, b"inb.1") * 2}),
        ],
    ),
    Dialogue(
        name="an-answer-with-headers",
        options=_services(_TIME),
        turns=[
            Turn("a", sub(b"svc.time")),
            Turn("b", _ASK, {"a": _asked(b"svc.time")}),
            Turn(
                "a",
                b"HPUB $REPLY 18 19\r\nNATS/1.0\r\nA: b\r\n\r\nx\r\n",
                {"b": b"HMSG inb.1 1 18 19\r\nNATS/1.0\r\nA: b\r\n\r\nx\r\n"},
            ),
        ],
    ),
    Dialogue(
        name="an-answer-that-wants-an-answer",
        options=_services(_TIME),
        turns=[
            Turn("a", sub(b"svc.time", b"more")),
            Turn("b", _ASK, {"a": _asked(b"svc.time")}),
            Turn(
                "a", b"PUB $REPLY more 1\r\nx\r\n", {"b": b"MSG inb.1 1 " + _REPLY + b" 1\r\nx\r\n"}
            ),
            Turn("b", b"PUB $REPLY 1\r\nx\r\n", {"a": msg(2, b"more")}),
        ],
    ),
    Dialogue(
        name="headers-of-a-request-stay-and-what-is-told-of-the-requestor-is-replaced",
        options=_services(_TIME),
        turns=[
            Turn("a", sub(b"svc.time")),
            Turn(
                "b",
                b"HPUB req.time 48 49\r\nNATS/1.0\r\nA: b\r\nNats-Request-Info: lie\r\nA: c"
                b"\r\n\r\nq\r\n",
                {"a": _asked(b"svc.time", about=b"A: b\r\nA: c\r\n" + _ABOUT, reply=b"")},
            ),
        ],
    ),
    Dialogue(
        name="a-status-line-of-a-request-stays",
        options=_services(_TIME),
        turns=[
            Turn("a", sub(b"svc.time")),
            Turn(
                "b",
                b"HPUB req.time 18 19\r\nNATS/1.0 404 x\r\n\r\nq\r\n",
                {"a": b"HMSG svc.time 1 <sizes>\r\nNATS/1.0 404 x\r\n" + _ABOUT + b"\r\nq\r\n"},
            ),
        ],
    ),
    Dialogue(
        name="tokens-of-a-request-change-places",
        options=_services(_service(b"svc.*.*", to=b"req.$2.$1")),
        turns=[
            Turn("a", sub(b"svc.>")),
            Turn("b", _request(b"req.x.y", b"r"), {"a": _asked(b"svc.y.x")}),
        ],
    ),
    Dialogue(
        name="a-wildcard-service-under-its-own-name",
        options=_services(_service(b"svc.>")),
        turns=[
            Turn("a", sub(b"svc.>")),
            Turn("b", _request(b"svc.x.y", b"r"), {"a": _asked(b"svc.x.y")}),
        ],
    ),
    Dialogue(
        name="a-wildcard-service-under-another-name",
        options=_services(_service(b"svc.*.>", to=b"other.*.z.>")),
        turns=[
            Turn("a", sub(b"svc.>")),
            Turn("b", _request(b"other.x.z.y.w", b"r"), {"a": _asked(b"svc.x.y.w")}),
        ],
    ),
    Dialogue(
        name="a-queue-group-of-responders",
        options=_services(_TIME),
        turns=[
            Turn("a", sub(b"svc.time workers")),
            Turn("b", _ASK, {"a": _asked(b"svc.time")}),
        ],
    ),
    Dialogue(
        name="a-responder-that-may-only-answer",
        options=_services(
            _TIME,
            a=Permissions(subscribe=SubjectRules(allow=(b"svc.>",)), responses=ResponseRule()),
        ),
        turns=[
            Turn("a", sub(b"svc.time")),
            Turn("b", _ASK, {"a": _asked(b"svc.time")}),
            Turn("a", b"PUB $REPLY 1\r\nx\r\n", {"b": msg(1, b"inb.1")}),
        ],
    ),
    Dialogue(
        name="an-answer-comes-after-the-requestor-unsubscribed",
        options=_services(_TIME),
        turns=[
            Turn("a", sub(b"svc.time")),
            Turn("b", _ASK, {"a": _asked(b"svc.time")}),
            Turn("b", b"UNSUB 1\r\n" + sub(b"inb.*")),
            Turn("a", b"PUB $REPLY 1\r\nx\r\n"),
        ],
    ),
    Dialogue(
        name="a-request-through-two-accounts",
        options=options_of(
            AccountOptions(name="A", exports=(ServiceExport(subject=b"svc.a"),)),
            AccountOptions(
                name="B",
                exports=(ServiceExport(subject=b"svc.b"),),
                service_imports=(_service(b"svc.a", to=b"svc.b"),),
            ),
            AccountOptions(
                name="C",
                service_imports=(ServiceImport(account="B", subject=b"svc.b", to=b"svc.c"),),
            ),
        ),
        turns=[
            Turn("a", sub(b"svc.a")),
            Turn(
                "c",
                sub(b"inb") + _request(b"svc.c", b"inb"),
                {
                    "a": _asked(
                        b"svc.a", about=b'Nats-Request-Info: {"acc":"C","svc":"B","rtt":1}\r\n'
                    )
                },
            ),
            Turn("a", b"PUB $REPLY 1\r\nx\r\n", {"c": msg(1, b"inb")}),
            Turn(
                "c",
                _request(b"svc.c", b"inb"),
                {
                    "a": _asked(
                        b"svc.a", about=b'Nats-Request-Info: {"acc":"C","svc":"B","rtt":1}\r\n'
                    )
                },
            ),
        ],
    ),
    Dialogue(
        name="a-request-is-not-exported-as-a-stream",
        options=options_of(
            AccountOptions(
                name="A",
                exports=(ServiceExport(subject=b"svc"), StreamExport(subject=b"svc")),
            ),
            AccountOptions(name="B", service_imports=(_service(b"svc"),)),
            AccountOptions(name="C", stream_imports=(_stream(b"svc"),)),
        ),
        turns=[
            Turn("c", sub(b"svc")),
            Turn("b", _request(b"svc", b"r")),
            Turn("a", pub(b"svc"), {"c": msg(1, b"svc")}),
        ],
    ),
    Dialogue(
        name="a-verbose-requestor",
        options=_services(_TIME),
        turns=[
            Turn("a", sub(b"svc.time"), {"a": b"+OK\r\n+OK\r\n"}),
            Turn("b", _ASK, {"b": b"+OK\r\n+OK\r\n+OK\r\n", "a": _asked(b"svc.time")}),
            Turn("a", b"PUB $REPLY 1\r\nx\r\n", {"a": b"+OK\r\n", "b": msg(1, b"inb.1")}),
        ],
        manners=VERBOSE,
    ),
    # Mappings.
    Dialogue(
        name="what-is-mapped-goes-elsewhere",
        options=_mapped((b"foo", b"bar"), (b"w.*", b"v.{{wildcard(1)}}")),
        turns=[
            Turn("a", sub(b"foo", b"bar", b"v.*")),
            Turn(
                "a", pub(b"foo", b"w.x", b"other") * 3, {"a": (msg(2, b"bar") + msg(3, b"v.x")) * 3}
            ),
        ],
    ),
    Dialogue(
        name="a-mapping-by-partition",
        options=_mapped((b"part.*", b"p.{{partition(3,1)}}.{{wildcard(1)}}")),
        turns=[
            Turn("a", sub(b"p.>")),
            Turn(
                "a",
                pub(b"part.a", b"part.b", b"part.c", b"part.xyz"),
                {"a": msg(1, b"p.1.a", b"p.1.b", b"p.2.c", b"p.0.xyz")},
            ),
        ],
    ),
    Dialogue(
        name="permissions-and-503-go-by-the-mapped-subject",
        options=options_of(
            AccountOptions(
                name="A",
                mappings=(Mapping(source=b"foo", destinations=(Destination(subject=b"bar"),)),),
            ),
            a=Permissions(publish=SubjectRules(deny=(b"foo",))),
        ),
        turns=[
            Turn("a", sub(b"r")),
            Turn("a", _request(b"foo", b"r"), {"a": _nobody(b"bar", b"r", 1)}),
        ],
    ),
    Dialogue(
        name="a-request-is-mapped-in-the-account-it-comes-to",
        options=options_of(
            AccountOptions(
                name="A",
                exports=(ServiceExport(subject=b"svc.>"),),
                mappings=(
                    Mapping(source=b"svc.time", destinations=(Destination(subject=b"clock"),)),
                ),
            ),
            AccountOptions(name="B", service_imports=(_TIME,)),
        ),
        turns=[
            Turn("a", sub(b"clock", b"svc.time")),
            Turn("b", _ASK, {"a": _asked(b"clock")}),
        ],
    ),
    # The system account's services.
    Dialogue(
        name="services-of-the-system-account-are-for-itself",
        options=options_of(AccountOptions(name="A")),
        turns=[
            Turn(
                "a",
                sub(b"r") + _request(b"$SYS.REQ.SERVER.PING", b"r"),
                {"a": _nobody(b"$SYS.REQ.SERVER.PING", b"r", 1)},
            ),
            Turn(
                "a",
                sub(b"r", b"$SYS.>") + pub(b"$SYS.ACCOUNT.A.CONNECT"),
                {"a": msg(2, b"$SYS.ACCOUNT.A.CONNECT")},
            ),
        ],
    ),
]
