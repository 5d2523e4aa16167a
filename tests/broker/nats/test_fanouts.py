"""What a client's publish lines are compiled to is bounded, for each client and for all."""

import pytest

from natsim.broker.nats import deliver
from natsim.broker.nats.client import Client
from natsim.broker.nats.commands import PublishLine
from natsim.broker.nats.deliver import Delivery
from natsim.broker.nats.options import Options

from .clients import lone_client

OWN_BYTES = 4_000
ALL_BYTES = 100_000
SEEN_BYTES = 10_000


@pytest.fixture
def delivery(monkeypatch: pytest.MonkeyPatch) -> Delivery:
    monkeypatch.setattr(deliver, "FANOUT_BYTES_PER_CLIENT", OWN_BYTES)
    monkeypatch.setattr(deliver, "FANOUT_BYTES", ALL_BYTES)
    monkeypatch.setattr(deliver, "SEEN_BYTES_PER_CLIENT", SEEN_BYTES)
    return Delivery(
        Options(), lambda n: n - 1, clock=lambda: 0, cut_slow=lambda _: None, expire=lambda _: None
    )


def _line(number: int) -> PublishLine:
    subject = b"orders.%d" % number
    return PublishLine(b"PUB %b 0\r\n" % subject, subject, b"", None, 0, b"0", 0)


def _publish(delivery: Delivery, client: Client, subjects: int) -> None:
    """Compile a line for each of so many subjects, as when each is published to twice."""
    for number in range(subjects):
        delivery.compile(client, _line(number))
        delivery.compile(client, _line(number))


def test_a_client_with_many_subjects_takes_what_others_leave(delivery: Delivery) -> None:
    client = lone_client()

    _publish(delivery, client, 100)

    assert OWN_BYTES < client.fanout_bytes <= ALL_BYTES
    assert len(client.fanouts) == 100


def test_all_clients_together_keep_to_the_bound(delivery: Delivery) -> None:
    clients = [lone_client() for _ in range(10)]

    for client in clients:
        _publish(delivery, client, 1_000)

    assert sum(client.fanout_bytes for client in clients) <= ALL_BYTES + 10 * OWN_BYTES


def test_a_client_with_few_subjects_keeps_its_own_when_others_took_all(delivery: Delivery) -> None:
    greedy, modest = lone_client(), lone_client()
    _publish(delivery, greedy, 150)

    _publish(delivery, modest, 3)

    assert len(modest.fanouts) == 3


def test_what_a_client_took_is_free_when_it_goes(delivery: Delivery) -> None:
    gone, other = lone_client(), lone_client()
    _publish(delivery, gone, 150)

    delivery.forget_fanouts(gone)
    _publish(delivery, other, 150)

    assert gone.fanout_bytes == 0
    assert len(other.fanouts) == 150


def test_lines_that_never_come_again_take_little(delivery: Delivery) -> None:
    client = lone_client()

    for number in range(1_000):
        delivery.compile(client, _line(number))

    assert client.fanout_bytes <= SEEN_BYTES
