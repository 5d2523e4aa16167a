from collections.abc import Callable

import pytest

from natsim.scenarios import Scenario

Mistakes = Callable[[str], list[str]]
ScenarioWith = Callable[[str], Scenario]


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (
            "{at: n1, publish: {subject: a}}",
            "f:6:16: rate is missing; write rate: 10/s, or every: 100ms",
        ),
        (
            "{at: n1, publish: {subject: a, rate: 1/s, every: 1s}}",
            "f:6:49: rate and every say the same; keep one",
        ),
        (
            "{at: n1, publish: {subject: a, rate: 1/s, until: 2s, count: 1}}",
            "f:6:60: until and count both say the end; keep one",
        ),
        (
            "{at: n1, publish: {rate: 1/s}}",
            "f:6:16: subject is missing; write subject: orders.new",
        ),
        (
            "{at: n1, publish: orders.new}",
            'f:6:25: publish is "orders.new"; '
            "write a mapping such as {subject: orders.new, rate: 10/s}",
        ),
        (
            "{at: n1, publish: [{subject: a, rate: 1/s}, 5]}",
            "f:6:51: publish has 5; write a mapping such as {subject: orders.new, rate: 10/s}",
        ),
        (
            "{at: n1, publish: {subject: a, rate: 1/s, size: 31}}",
            "f:6:55: size is 31; it must be 32 or more: a payload begins with its message id",
        ),
        (
            "{at: n1, publish: {subject: a, rate: 1/s, count: 0}}",
            "f:6:56: count is 0; it must be a whole number, 1 or more",
        ),
        (
            "{at: n1, publish: {subject: a, rate: 1/s, count: 1.5}}",
            "f:6:56: count is 1.5; it must be a whole number, 1 or more",
        ),
        (
            "{at: n1, publish: {subject: a, every: 0s}}",
            'f:6:45: every is "0s"; both ends must be more than 0s',
        ),
        (
            "{at: n1, publish: {subject: a, every: 1ms..2ms, timeout: 1s}}",
            "f:6:55: timeout is not a key of a publish; write one of "
            "subject, rate, every, size, from, until, count",
        ),
        (
            "{at: n1, subscribe: 5}",
            'f:6:27: subscribe is 5; write a mapping such as {subject: "orders.>", queue: workers}',
        ),
        (
            "{at: n1, subscribe: [a, {subject: b, max: 0}]}",
            "f:6:49: max is 0; it must be a whole number, 1 or more",
        ),
        (
            "{at: n1, subscribe: a..b}",
            'f:6:27: subscribe is "a..b"; a subject has no empty token: '
            "one dot between two words, none outside",
        ),
        (
            "{at: n1, subscribe: >}",
            None,
        ),
        (
            "{at: n1, queue: w, publish: {subject: a, rate: 1/s}}",
            "f:6:16: queue is for subscribe and reply; write one",
        ),
        ("{at: n1}", "f:6:3: it has nothing to do; write publish, subscribe, request or reply"),
        ("{subscribe: a}", "f:6:3: at is missing; write at: n1"),
        (
            "{at: n1, subscribe: a, queue: }",
            "f:6:37: queue is empty; write queue: workers, or leave queue out",
        ),
        (
            "{at: n1, subscribe: a, stream: {}}",
            "f:6:30: stream is not in this version; it belongs to NATS Streaming: leave it out",
        ),
        (
            "{at: n1, subscribe: a, reconnect-wait: 0s}",
            'f:6:46: reconnect-wait is "0s"; it must be more than 0s',
        ),
        (
            "{at: n1, reply: {subject: a, delay: -1s}}",
            'f:6:43: delay is "-1s"; it must not be negative',
        ),
        (
            "{at: n1, request: {subject: a, rate: 1/s, timeout: soon}}",
            'f:6:58: timeout is "soon"; write a number and its unit, such as 10s, 1500ms or 2m',
        ),
    ],
)
def test_a_client_that_is_wrong_says_where_and_what_to_write(
    client: str, expected: str | None, mistakes_of_client: Mistakes
) -> None:
    found = mistakes_of_client(client)

    assert len(found) == 1
    assert expected in (None, found[0])


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            "kill",
            'f:8:10: faults has "kill"; write a mapping such as {at: 5s, kill: n1, restart: 1s}',
        ),
        (
            "{at: 1s}",
            "f:8:10: the fault is missing; "
            "write kill: n1, or another of partition, pause, slow-link",
        ),
        ("{at: 1s, kil: n1}", "f:8:19: kil is not a fault; did you mean kill?"),
        (
            "{at: 1s, clock-jump: n1}",
            "f:8:19: clock-jump is not in this version; "
            "write one of partition, kill, pause, slow-link",
        ),
        (
            "{at: 1s, power: n1}",
            "f:8:19: power is not in this version; write one of partition, kill, pause, slow-link",
        ),
        (
            "{at: 1s, kill: n1, pause: n1, for: 1s}",
            "f:8:29: one fault is one of kill and pause; write a fault for each",
        ),
        ("{kill: n1}", "f:8:10: at is missing; write at: 5s"),
        ("{at: 1s, pause: n1}", "f:8:10: for is missing; write for: 1s"),
        (
            "{at: 1s, kill: n1, for: 1s}",
            "f:8:29: for is not a key of a kill; write one of at, kill, restart",
        ),
        (
            "{at: 1s, pause: 5, for: 1s}",
            "f:8:26: pause is 5; a name is lower-case letters, digits and hyphens, "
            "and begins with a letter: p1",
        ),
        (
            "{at: 1s, partition: [n1, n2], for: 1s}",
            'f:8:31: partition has "n1"; '
            "it must be a list, in brackets or one item a line after a dash",
        ),
        (
            "{at: 1s, partition: [[n1], [s1]], for: 1s, one-way: 1}",
            "f:8:62: one-way is 1; write true or false",
        ),
        ("{every: 1s, one of: []}", "f:8:30: one of is a list; write at least 1"),
        (
            "{every: 1s, one of: [pause, kll]}",
            'f:8:38: one of has "kll"; did you mean kill?',
        ),
        (
            "{every: 1s, one of: [clock-jump]}",
            'f:8:31: one of has "clock-jump"; clock-jump is not in this version; '
            "write one of pause, slow-link, kill, partition, nothing",
        ),
        ("{every: 1s}", "f:8:10: one of is missing; write one of: [pause, kill, nothing]"),
    ],
)
def test_a_fault_that_is_wrong_says_where_and_what_to_write(
    fault: str, expected: str, mistakes_with: Mistakes
) -> None:
    found = mistakes_with(f"faults: [{fault}]\n")

    # Each item of a partition that should be a list is a mistake of its own.
    assert found[0] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "cluster: full-mesh\n",
            "f:8:1: cluster is not in this version; "
            "give each client a server of its own to talk to (`at`), or leave one server",
        ),
        (
            "links: {p1-n1: {latency: 1ms, rate: 10Mbit}}\n",
            "f:8:31: rate is not in this version; write latency",
        ),
        ("links: {p1-n1: {}}\n", "f:8:9: latency is missing; write latency: 1ms..5ms"),
        ("settle: 0s\n", 'f:8:9: settle is "0s"; it must be more than 0s'),
        (
            "faults:\n",
            "f:8:8: faults is empty; write faults: [{at: 5s, kill: n1, restart: 1s}], "
            "or leave faults out",
        ),
        ("expect: []\n", "f:8:9: expect is a list; write at least 1"),
        (
            "expect: [{converges: {within: 5s}}]\n",
            "f:8:10: expect has a mapping; converges is not in this version; write one of "
            "at-most-once, publisher-order, wildcard-routing, queue-group, completeness, "
            "request-reply",
        ),
        (
            "expect: [redelivery]\n",
            'f:8:10: expect has "redelivery"; redelivery is not in this version; write one of '
            "at-most-once, publisher-order, wildcard-routing, queue-group, completeness, "
            "request-reply",
        ),
        (
            "vars: {Region: [a]}\n",
            'f:8:8: the name is "Region"; '
            "a placeholder is lower-case letters, digits and hyphens: region",
        ),
        ("vars: {region: [1]}\n", 'f:8:17: region has 1; put it in quotes: "1"'),
        (
            "vars: {region: eu}\n",
            'f:8:16: region is "eu"; '
            "it must be a list, in brackets or one item a line after a dash",
        ),
        ("links: []\n", "f:8:8: links is a list; it must be a mapping: key: value"),
    ],
)
def test_a_line_that_is_wrong_says_where_and_what_to_write(
    lines: str, expected: str, mistakes_with: Mistakes
) -> None:
    assert mistakes_with(lines) == [expected]


def test_version_one_is_the_only_one(mistakes: Mistakes, head: str) -> None:
    assert mistakes(head.replace("natsim: 1", "natsim: 2")) == [
        "f:1:9: natsim is 2; this is version 1 of the language: write natsim: 1"
    ]


@pytest.mark.parametrize("version", ["true", "1.0", '"1"'])
def test_what_looks_like_one_is_not_version_one(
    version: str, mistakes: Mistakes, head: str
) -> None:
    assert mistakes(head.replace("natsim: 1", f"natsim: {version}"))[0].startswith("f:1:9: ")


def test_a_server_may_have_nothing_after_its_colon(scenario_with: ScenarioWith) -> None:
    assert [server.max_payload_bytes for server in scenario_with("").servers] == [None, None]


def test_a_range_that_is_wrong_is_pointed_at(mistakes: Mistakes, head: str) -> None:
    assert mistakes(head.replace("s1:", "s3..s1:")) == [
        'f:7:3: the name is "s3..s1"; the smaller number comes first: s1..s3'
    ]
