"""What the server takes itself: found by pattern, whatever stands first in it."""

import pytest

from natsim.broker.nats.services import Request, Services


def _take(_: Request) -> bool:
    return True


@pytest.mark.parametrize(
    ("pattern", "taken", "not_taken"),
    [
        (b"$SYS.REQ.PING", b"$SYS.REQ.PING", b"$SYS.REQ"),
        (b"$SYS.REQ.*.STATSZ", b"$SYS.REQ.A.STATSZ", b"$SYS.REQ.A"),
        (b"time", b"time", b"time.now"),
        (b"*.time", b"svc.time", b"svc.date"),
        (b">", b"anything.at.all", b"not..valid"),
        (b"a*.b", b"a*.b", b"ab.b"),
    ],
)
def test_a_subject_is_taken_by_the_patterns_that_match(
    pattern: bytes, taken: bytes, not_taken: bytes
) -> None:
    services = Services()
    services.add(pattern, _take)

    assert services.match(taken) == (_take,)
    assert services.match(not_taken) == ()


def test_all_that_match_take_in_the_order_they_came() -> None:
    services = Services()

    def take_too(_: Request) -> bool:
        return False

    services.add(b"svc.time", _take)
    services.add(b"svc.*", take_too)
    services.add(b"*.time", _take)

    assert services.match(b"svc.time") == (_take, take_too, _take)
    assert services.match(b"svc.date") == (take_too,)
    assert services.match(b"other.time") == (_take,)


def test_nothing_is_taken_once_all_are_gone() -> None:
    services = Services()
    services.add(b"svc.time", _take)
    services.match(b"svc.time")

    services.clear()

    assert services.match(b"svc.time") == ()
