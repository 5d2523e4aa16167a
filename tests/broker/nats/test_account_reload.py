"""A reload changes what clients may have, and what their accounts give one another."""

import pytest

from natsim.broker.effects import Level, Note
from natsim.broker.events import Reload
from natsim.broker.nats.options import (
    AccountOptions,
    Destination,
    Mapping,
    Options,
    Permissions,
    ServiceExport,
    ServiceImport,
    StreamExport,
    StreamImport,
    SubjectRules,
)

from .account_options import options_of
from .conversation import Conversation

_SUBSCRIPTIONS = b"SUB foo 1\r\nSUB bar q 2\r\nSUB bar 3\r\nSUB pub.x 4\r\n"
_DENIED = Permissions(subscribe=SubjectRules(deny=(b"foo", b"bar q")))


def test_subscriptions_that_are_not_allowed_any_more_are_taken_away() -> None:
    talk = _two(_options())

    talk.tell(Reload(_options(b=_DENIED)))

    assert talk.heard(2) == (
        b'-ERR \'Permissions Violation for Subscription to "foo" (sid "1")\'\r\n'
        b'-ERR \'Permissions Violation for Subscription to "bar" using queue "q" (sid "2")\''
        b"\r\n"
    )
    assert [effect for effect in talk.effects if isinstance(effect, Note)] == [
        Note(Level.INFO, 'Removed sub "foo" (sid "1") for User "b" - not authorized'),
        Note(
            Level.INFO,
            'Removed sub "bar" using queue "q" (sid "2") for User "b" - not authorized',
        ),
    ]


def test_the_subscriptions_that_are_left_go_on() -> None:
    talk = _two(_options())
    talk.tell(Reload(_options(b=_DENIED)))
    talk.heard(2)

    heard = talk.say(2, b"PUB foo 1\r\nx\r\nPUB bar 1\r\nx\r\n")

    assert heard == b"MSG bar 3 1\r\nx\r\n"


def test_a_line_that_was_repeated_goes_by_the_new_permissions() -> None:
    talk = _two(_options())
    talk.say(2, b"PUB bar 1\r\nx\r\n" * 4)

    talk.tell(Reload(_options(b=Permissions(publish=SubjectRules(deny=(b"bar",))))))
    heard = talk.say(2, b"PUB bar 1\r\nx\r\n" * 2)

    assert heard == b"-ERR 'Permissions Violation for Publish to \"bar\"'\r\n" * 2


@pytest.mark.parametrize("times", [1, 4])
def test_imports_change(times: int) -> None:
    talk = _two(_options(StreamImport(account="A", subject=b"pub.x")))
    talk.say(1, b"PUB pub.x 1\r\nx\r\n" * times)
    before = talk.heard(2)

    talk.tell(Reload(_options(StreamImport(account="A", subject=b"pub.y", to=b"pub.x"))))
    talk.say(1, b"PUB pub.x 1\r\nx\r\n" * times + b"PUB pub.y 1\r\ny\r\n" * times)

    assert before == b"MSG pub.x 4 1\r\nx\r\n" * times
    assert talk.heard(2) == b"MSG pub.x 4 1\r\ny\r\n" * times


def test_mappings_come_and_go() -> None:
    mapping = Mapping(source=b"m", destinations=(Destination(subject=b"bar"),))
    talk = _two(_options())
    talk.say(2, b"PUB m 1\r\nx\r\n" * 4)

    talk.tell(Reload(_options(mappings=(mapping,))))
    mapped = talk.say(2, b"UNSUB 2\r\nPUB m 1\r\nx\r\n")
    talk.tell(Reload(_options()))
    unmapped = talk.say(2, b"PUB m 1\r\nx\r\n")

    assert (mapped, unmapped) == (b"MSG bar 3 1\r\nx\r\n", b"")


def test_an_answer_finds_its_way_after_a_reload() -> None:
    talk = _two(_options())
    talk.say(1, b"SUB svc 1\r\n")
    talk.say(2, b"SUB inb 5\r\nPUB svc inb 1\r\nq\r\n")

    talk.tell(Reload(_options()))
    talk.say(1, b"PUB _R_.000000.000000 1\r\nx\r\n")

    assert talk.heard(2) == b"MSG inb 5 1\r\nx\r\n"


def test_the_server_still_answers_after_a_reload() -> None:
    talk = _two(_options())

    talk.tell(Reload(_options()))
    heard = talk.say(2, b"SUB r 6\r\nPUB $SYS.REQ.USER.INFO r 0\r\n\r\n")

    assert heard.endswith(b'"data":{"user":"b","account":"B","account_name":"B"}}\r\n')


def _options(
    *streams: StreamImport, mappings: tuple[Mapping, ...] = (), **permissions: Permissions
) -> Options:
    exports = (StreamExport(subject=b"pub.>"), ServiceExport(subject=b"svc"))
    return options_of(
        AccountOptions(name="A", exports=exports),
        AccountOptions(
            name="B",
            stream_imports=streams,
            service_imports=(ServiceImport(account="A", subject=b"svc"),),
            mappings=mappings,
        ),
        **permissions,
    )


def _two(options: Options) -> Conversation:
    """Let a (1) come, and b (2) with its subscriptions."""
    talk = Conversation(options)
    talk.log_in(1, "a")
    talk.log_in(2, "b", _SUBSCRIPTIONS)
    return talk
