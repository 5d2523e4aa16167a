from collections.abc import Callable

import pytest

from natsim.scenarios import Scenario, parse_scenario
from natsim.scenarios.scenario import Client, Publish, Reply, Request, Subscribe

Mistakes = Callable[[str], list[str]]


def clients_of(client: str) -> tuple[Client, ...]:
    head = "natsim: 1\nscenario: test\nduration: 10s\nservers: {n1: {}}\nclients:\n"
    scenario: Scenario = parse_scenario(f"{head}  {client}\n")
    return scenario.clients


def test_what_a_client_does_is_kept_in_the_order_it_was_written() -> None:
    (client,) = clients_of(
        "x1: {reply: r, subscribe: [a, {subject: b, max: 2}], at: n1, "
        "publish: {subject: p, rate: 1/s}, request: {subject: q, rate: 1/s}}"
    )

    kinds = [type(doing) for doing in client.doings]
    assert kinds == [Reply, Subscribe, Subscribe, Publish, Request]


def test_each_client_of_a_range_does_the_same() -> None:
    one, two = clients_of("x1..x2: {at: n1, subscribe: a}")

    assert (one.name, two.name) == ("x1", "x2")
    assert one.doings == two.doings


def test_a_publish_has_its_defaults() -> None:
    (client,) = clients_of("p1: {at: n1, publish: {subject: a, rate: 100/s}}")

    assert client.doings == (
        Publish(
            subjects=("a",),
            size=128,
            gap_ns=(10_000_000, 10_000_000),
            from_ns=0,
            until_ns=10_000_000_000,
            count=None,
        ),
    )


def test_a_request_waits_half_a_second_unless_it_says_otherwise() -> None:
    (client,) = clients_of("q1: {at: n1, request: {subject: a, every: 1s..2s}}")

    (request,) = client.doings
    assert isinstance(request, Request)
    assert request.timeout_ns == 500_000_000
    assert request.gap_ns == (1_000_000_000, 2_000_000_000)


def test_the_queue_of_a_client_is_for_subscriptions_that_name_none() -> None:
    (client,) = clients_of(
        "w1: {at: n1, subscribe: [a, {subject: b, queue: own}], reply: r, queue: all}"
    )

    queues = [d.queue for d in client.doings if isinstance(d, Subscribe | Reply)]
    assert queues == ["all", "own", "all"]


def test_vars_fill_placeholders(head: str) -> None:
    text = head.replace("subject: a", 'subject: "a.{region}"') + "vars: {region: [eu, us]}\n"

    (publish,) = parse_scenario(text).clients[0].doings

    assert isinstance(publish, Publish)
    assert publish.subjects == ("a.eu", "a.us")


def test_vars_without_a_placeholder_are_a_mistake(mistakes: Mistakes, head: str) -> None:
    text = head.replace("subject: a", 'subject: "a.{region}"') + "vars: {regions: [eu, us]}\n"

    assert mistakes(text) == ["f:8:8: {regions} is in no published subject; did you mean region?"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("vars: {x: []}", "f:8:11: x has no values; write [x1, x2]"),
        ("vars: {x: [a, b, a]}", "f:8:18: a is written twice; keep one"),
        (
            "vars: {x: [a.*]}",
            'f:8:12: x has "a.*"; wildcards are for subscriptions; write a full subject',
        ),
    ],
)
def test_values_of_vars_are_looked_at(
    line: str, expected: str, mistakes: Mistakes, head: str
) -> None:
    text = head.replace("subject: a", 'subject: "{x}"')

    assert mistakes(f"{text}{line}\n") == [expected]


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("{at: n2, subscribe: a}", "f:6:12: there is no server n2; write n1"),
        (
            "{at: x1, subscribe: a}",
            "f:6:12: x1 is a client; write a server, one of n1",
        ),
        (
            "{at: n1, publish: {subject: a, rate: 1/s, from: 10s}}",
            "f:6:55: it begins at 10s, but the duration is 10s; write less",
        ),
        (
            "{at: n1, publish: {subject: a, rate: 1/s, until: 11s}}",
            "f:6:56: until is 11s, but the duration is 10s; write 10s or less",
        ),
        (
            "{at: n1, publish: {subject: a, rate: 1/s, from: 3s, until: 3s}}",
            "f:6:66: until is 3s, but it begins at 3s; write more than 3s",
        ),
        (
            "{at: n1, publish: {subject: a, rate: 1/s, count: 11}}",
            "f:6:56: count is 11, but not all fit into the duration of 10s; write 10 or less",
        ),
        (
            "{at: n1, publish: {subject: a, every: 1s..3s, count: 5}}",
            "f:6:60: count is 5, but not all fit into the duration of 10s; write 4 or less",
        ),
        (
            '{at: n1, publish: {subject: "{a}{b}{c}{d}{e}{f}{g}", rate: 1/s}}',
            'f:6:35: subject is "{a}{b}{c}{d}{e}{f}{g}"; '
            "it stands for 2187 subjects; at most 1000 are played",
        ),
        (
            "{at: n1, publish: {subject: a, every: 9us}}",
            "f:5:1: there are up to 1111112 operations, at most 1000000 are played; "
            "write lower rates or a shorter duration",
        ),
        (
            f"{{at: n1, subscribe: [{', '.join(['a'] * 101)}]}}",
            "f:6:3: it does 101 things; at most 100 are for one client",
        ),
    ],
)
def test_what_cannot_be_played_says_where_and_what_to_write(
    client: str, expected: str, mistakes_of_client: Mistakes
) -> None:
    assert mistakes_of_client(client) == [expected]


def test_the_operations_of_all_clients_of_a_range_count(mistakes: Mistakes, head: str) -> None:
    text = head + "  x1..x900: {at: n1, publish: {subject: a, rate: 200/s}}\n"

    assert mistakes(text) == [
        "f:5:1: there are up to 1800100 operations, at most 1000000 are played; "
        "write lower rates or a shorter duration"
    ]


def test_the_last_moment_to_publish_is_before_the_duration_is_over() -> None:
    (client,) = clients_of("p1: {at: n1, publish: {subject: a, rate: 1/s, count: 10, from: 999ms}}")

    assert len(client.doings) == 1
