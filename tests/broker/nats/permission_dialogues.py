"""What users with permissions say and hear, byte for byte, as seen on nats-server 2.15.1."""

from natsim.broker.nats.options import (
    AuthorizationOptions,
    Options,
    Permissions,
    ResponseRule,
    SubjectRules,
    UserOptions,
)
from natsim.broker.now import SECOND_NS

from .dialogue import VERBOSE, Dialogue, Turn
from .phrases import msg, pub, sub


def _may(
    publish: SubjectRules | None = None,
    subscribe: SubjectRules | None = None,
    responses: ResponseRule | None = None,
) -> Permissions:
    return Permissions(
        publish=publish or SubjectRules(),
        subscribe=subscribe or SubjectRules(),
        responses=responses,
    )


def _options(permissions: Permissions | None, default: Permissions | None = None) -> Options:
    users = (
        UserOptions(name="a", password="a", permissions=permissions),
        UserOptions(name="free", password="free"),
    )
    return Options(authorization=AuthorizationOptions(users=users, default_permissions=default))


def _allow(*subjects: bytes) -> SubjectRules:
    return SubjectRules(allow=subjects)


def _deny(*subjects: bytes) -> SubjectRules:
    return SubjectRules(deny=subjects)


def _d(name: str, permissions: Permissions, *turns: Turn, manners: bytes | None = None) -> Dialogue:
    if manners is None:
        return Dialogue(name=name, options=_options(permissions), turns=turns)
    return Dialogue(name=name, options=_options(permissions), turns=turns, manners=manners)


def _no_pub(subject: bytes) -> bytes:
    return b"-ERR 'Permissions Violation for Publish to \"%b\"'\r\n" % subject


def _no_sub(subject: bytes) -> bytes:
    return b"-ERR 'Permissions Violation for Subscription to \"%b\"'\r\n" % subject


def _no_queue(subject: bytes, queue: bytes) -> bytes:
    return b'-ERR \'Permissions Violation for Subscription to "%b" using queue "%b"\'\r\n' % (
        subject,
        queue,
    )


def _too_long(subject: bytes) -> bytes:
    text = b'Permissions Violation for Subscription to "%b", too many tokens'
    return b"-ERR '" + text % subject + b"'\r\n"


_REQUEST = b"PUB req %b 1\r\nx\r\n"
_ANSWERS = _may(publish=None, subscribe=None, responses=ResponseRule())

PERMISSION_DIALOGUES = [
    _d(
        "publish-allowed-by-a-star",
        _may(_allow(b"foo.*")),
        Turn(
            "a",
            pub(b"foo.x", b"other", b"foo.a.b", b"foo.>", b"foo.*", b"foo"),
            {"a": _no_pub(b"other") + _no_pub(b"foo.a.b") + _no_pub(b"foo")},
        ),
    ),
    _d(
        "publish-denied",
        _may(_deny(b"foo.bad", b"x.>")),
        Turn(
            "a",
            pub(b"foo.bad", b"foo.good", b"x.y.z", b"x", b"foo.bad"),
            {"a": _no_pub(b"foo.bad") + _no_pub(b"x.y.z") + _no_pub(b"foo.bad")},
        ),
    ),
    _d(
        "publish-denied-beats-allowed",
        _may(SubjectRules(allow=(b"foo.>",), deny=(b"foo.*.b",))),
        Turn(
            "a",
            pub(b"foo.a.b", b"foo.a", b"bar", b"foo..b", b"foo."),
            {"a": _no_pub(b"foo.a.b") + _no_pub(b"bar") + _no_pub(b"foo..b") + _no_pub(b"foo.")},
        ),
    ),
    _d(
        "publish-with-an-empty-token-is-not-denied",
        _may(_deny(b">")),
        Turn("a", pub(b"foo..b", b"foo"), {"a": _no_pub(b"foo")}),
    ),
    _d(
        "the-reply-of-a-publication-is-not-looked-at",
        _may(_allow(b"foo")),
        Turn("free", sub(b"foo")),
        Turn("a", b"PUB foo bar 1\r\nx\r\n", {"free": b"MSG foo 1 bar 1\r\nx\r\n"}),
    ),
    _d(
        "subscriptions-are-compared-as-if-literal",
        _may(None, _allow(b"foo.*")),
        Turn(
            "a",
            sub(b"foo.>", b"foo.*", b"foo.a", b"foo.a.b", b"foo", b">"),
            {"a": _no_sub(b"foo.a.b") + _no_sub(b"foo") + _no_sub(b">")},
        ),
        Turn("free", pub(b"foo.a.b"), {"a": msg(1, b"foo.a.b")}),
    ),
    _d(
        "a-tail-admits-what-is-below",
        _may(None, _allow(b"bar.>")),
        Turn(
            "a",
            sub(b"bar.*", b"bar.>", b"bar.a.*", b"*", b">", b"bar"),
            {"a": _no_sub(b"*") + _no_sub(b">") + _no_sub(b"bar")},
        ),
    ),
    _d(
        "a-denied-subscription-leaves-its-sid-free",
        _may(None, _allow(b"foo")),
        Turn("a", b"SUB bar 1\r\nUNSUB 1\r\nSUB foo 1\r\n", {"a": _no_sub(b"bar")}),
        Turn("free", pub(b"foo"), {"a": msg(1, b"foo")}),
    ),
    _d(
        "what-is-denied-is-kept-from-wider-subscriptions",
        _may(None, _deny(b"foo.*")),
        Turn(
            "a",
            sub(b"foo.*", b"foo.>", b"foo.a", b">"),
            {"a": _no_sub(b"foo.*") + _no_sub(b"foo.>") + _no_sub(b"foo.a")},
        ),
        Turn(
            "free",
            pub(b"foo.a", b"foo.a.b", b"foo", b"foo.a", b"foo.a"),
            {"a": msg(4, b"foo.a.b", b"foo")},
        ),
    ),
    _d(
        "an-invalid-subject-that-is-denied-is-a-violation",
        _may(None, _allow(b">")),
        Turn(
            "a",
            sub(b"foo..bar", b"foo.>.a"),
            {"a": _no_sub(b"foo..bar") + b"-ERR 'Invalid Subject'\r\n"},
        ),
    ),
    _d(
        "an-invalid-subject-that-is-not-denied",
        _may(None, _deny(b">")),
        Turn("a", sub(b"foo..bar", b"foo"), {"a": b"-ERR 'Invalid Subject'\r\n" + _no_sub(b"foo")}),
    ),
    _d(
        "a-queue-alone-allows-no-plain-subscription",
        _may(None, _allow(b"foo v1")),
        Turn(
            "a",
            sub(b"foo", b"foo v1", b"foo v2"),
            {"a": _no_sub(b"foo") + _no_queue(b"foo", b"v2")},
        ),
    ),
    _d(
        "a-named-queue-shuts-the-others-out",
        _may(None, _allow(b"foo", b"foo v1")),
        Turn("a", sub(b"foo", b"foo v1", b"foo v2"), {"a": _no_queue(b"foo", b"v2")}),
    ),
    _d(
        "a-plain-rule-allows-all-queues",
        _may(None, _allow(b"foo")),
        Turn("a", sub(b"foo", b"foo v1")),
    ),
    _d(
        "a-queue-rule-may-have-wildcards",
        _may(None, _allow(b"foo v1.>", b"bar *", b"baz v.*")),
        Turn(
            "a",
            sub(b"foo v1.a.b", b"foo v1", b"bar x", b"bar x.y", b"baz v.*", b"baz v.>"),
            {"a": _no_queue(b"foo", b"v1") + _no_queue(b"bar", b"x.y") + _no_queue(b"baz", b"v.>")},
        ),
    ),
    _d(
        "a-denied-queue-leaves-the-others",
        _may(None, _deny(b"bar q1")),
        Turn("a", sub(b"bar", b"bar q2", b"bar q1"), {"a": _no_queue(b"bar", b"q1")}),
    ),
    _d(
        "a-denied-queue-is-kept-from-wider-members",
        _may(None, _deny(b"bar.x q1")),
        Turn("a", sub(b"bar.* q1")),
        Turn("free", pub(b"bar.x", b"bar.y", b"bar.x"), {"a": msg(1, b"bar.y")}),
    ),
    _d(
        "a-denied-queue-is-not-kept-from-others",
        _may(None, _deny(b"bar.x q1")),
        Turn("a", sub(b"bar.* q2")),
        Turn("free", pub(b"bar.x", b"bar.y"), {"a": msg(1, b"bar.x", b"bar.y")}),
    ),
    _d(
        "a-queue-goes-on-without-the-member-that-may-not",
        _may(None, _deny(b"foo.x")),
        Turn("a", sub(b"foo.* g")),
        Turn(
            "free",
            sub(b"foo.* g") + pub(b"foo.x", b"foo.x", b"foo.x"),
            {"free": msg(1, b"foo.x", b"foo.x", b"foo.x")},
        ),
    ),
    _d(
        "violations-are-answered-instead-of-ok",
        _may(_allow(b"foo.*"), _allow(b"bar")),
        Turn(
            "a",
            pub(b"other") + sub(b"foo", b"bar") + pub(b"foo.x"),
            {"a": b"+OK\r\n" + _no_pub(b"other") + _no_sub(b"foo") + b"+OK\r\n+OK\r\n"},
        ),
        manners=VERBOSE,
    ),
    _d(
        "subjects-are-quoted-as-go-does",
        _may(_allow(b"x"), _allow(b"x")),
        Turn(
            "a",
            pub(b"a\"b'\\") + sub("\x01é".encode() + b"\xff"),
            {"a": _no_pub(b"a\\\"b'\\\\") + _no_sub("\\x01é".encode() + b"\\xff")},
        ),
    ),
    _d(
        "an-answer-for-each-request",
        _ANSWERS,
        Turn("a", sub(b"req")),
        Turn(
            "free",
            sub(b"_INBOX.>") + _REQUEST % b"_INBOX.1",
            {"a": b"MSG req 1 _INBOX.1 1\r\nx\r\n"},
        ),
        Turn(
            "a",
            pub(b"_INBOX.1", b"_INBOX.1", b"_INBOX.2"),
            {"a": _no_pub(b"_INBOX.1") + _no_pub(b"_INBOX.2"), "free": msg(1, b"_INBOX.1")},
        ),
    ),
    _d(
        "two-answers-for-each-request",
        _may(None, None, ResponseRule(max_messages=2)),
        Turn("a", sub(b"req")),
        Turn("free", _REQUEST % b"r", {"a": b"MSG req 1 r 1\r\nx\r\n"}),
        Turn("a", pub(b"r", b"r", b"r"), {"a": _no_pub(b"r")}),
    ),
    _d(
        "a-request-that-comes-again-uses-an-answer-up",
        _may(None, None, ResponseRule(max_messages=2)),
        Turn("a", sub(b"req")),
        Turn("free", _REQUEST % b"r", {"a": b"MSG req 1 r 1\r\nx\r\n"}),
        Turn("free", _REQUEST % b"r", {"a": b"MSG req 1 r 1\r\nx\r\n"}),
        Turn("a", pub(b"r", b"r", b"r"), {"a": _no_pub(b"r") + _no_pub(b"r")}),
    ),
    _d(
        "answers-without-limit",
        _may(None, None, ResponseRule(max_messages=-1)),
        Turn("a", sub(b"req")),
        Turn("free", _REQUEST % b"r", {"a": b"MSG req 1 r 1\r\nx\r\n"}),
        Turn("a", pub(b"r", b"r", b"r", b"s"), {"a": _no_pub(b"s")}),
    ),
    _d(
        "an-answer-is-allowed-though-denied",
        _may(SubjectRules(allow=(b"ok",), deny=(b"_INBOX.deny.>",)), None, ResponseRule()),
        Turn("a", sub(b"req")),
        Turn("free", _REQUEST % b"_INBOX.deny.1", {"a": b"MSG req 1 _INBOX.deny.1 1\r\nx\r\n"}),
        Turn(
            "a",
            pub(b"ok", b"_INBOX.deny.1", b"_INBOX.deny.1", b"no"),
            {"a": _no_pub(b"_INBOX.deny.1") + _no_pub(b"no")},
        ),
    ),
    _d(
        "who-may-answer-may-publish-what-is-allowed",
        _may(_allow(b"ok"), None, ResponseRule(expires_ns=60 * SECOND_NS)),
        Turn("a", pub(b"ok", b"no"), {"a": _no_pub(b"no")}),
    ),
    Dialogue(
        name="default-permissions-are-for-users-without-their-own",
        options=_options(_may(_allow(b"mine")), _may(_allow(b"pub.>"), _allow(b"sub.>"))),
        turns=[
            Turn("a", pub(b"mine", b"pub.x") + sub(b"any"), {"a": _no_pub(b"pub.x")}),
            Turn(
                "free",
                pub(b"mine", b"pub.x") + sub(b"any", b"sub.x"),
                {"free": _no_pub(b"mine") + _no_sub(b"any")},
            ),
        ],
    ),
    Dialogue(
        name="subscriptions-with-too-many-tokens",
        options=Options(
            max_subscription_tokens=2,
            authorization=AuthorizationOptions(users=(UserOptions(name="a", password="a"),)),
        ),
        turns=[
            Turn(
                "a",
                sub(b"a.b", b"a.b.c", b"a.b.>", b".."),
                {"a": _too_long(b"a.b.c") + _too_long(b"a.b.>") + _too_long(b"..")},
            ),
        ],
    ),
]
