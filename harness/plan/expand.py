"""From a scenario and a seed to a plan: everything the seed decides beforehand is decided here.

Law of the file: the plan depends on (scenario, seed) alone, and each draw on the name of what it is
for, so a change to one line of a scenario moves nothing that another line drew.
"""

from collections.abc import Iterator

from natsim.harness.entropy import Source
from natsim.scenarios.scenario import (
    Client,
    KillFault,
    Link,
    PartitionFault,
    PauseFault,
    Publish,
    RandomFaults,
    Reply,
    Request,
    Scenario,
    Server,
    SlowLinkFault,
    Subscribe,
)

from .draw import draw_faults
from .plan import (
    ClientPlan,
    Fault,
    Kill,
    LinkPlan,
    Operation,
    Partition,
    Pause,
    Plan,
    Series,
    ServerPlan,
    SlowLink,
    SubscriptionPlan,
)


def expand(scenario: Scenario, seed: int) -> Plan:
    """Make the plan of a scenario for a seed.

    Ids: what a client does has letters in the order it was written, `p1.a`, `p1.b`, after z `aa`;
    operations number from 0, `p1.a/0`; line 2 of the faults is `f2`, what a line of random faults
    draws `f2.1`, `f2.2`.
    """
    operations = [
        operation for client in scenario.clients for operation in _operations(client, seed)
    ]
    return Plan(
        scenario=scenario.name,
        seed=seed,
        duration_ns=scenario.duration_ns,
        settle_ns=scenario.settle_ns,
        barrier_ns=scenario.barrier_ns,
        expect=scenario.expect,
        servers=tuple(_server(server) for server in scenario.servers),
        links=tuple(_link(link) for link in scenario.links),
        clients=tuple(_client(client) for client in scenario.clients),
        series=tuple(each for client in scenario.clients for each in _series(client)),
        operations=tuple(sorted(operations, key=lambda each: (each.at_ns, each.id))),
        faults=tuple(sorted(_faults(scenario, seed), key=lambda each: (each.at_ns, each.id))),
    )


def letters(number: int) -> str:
    """Return the letters of the n-th thing a client does, from 0.

    >>> letters(0), letters(25), letters(26), letters(27), letters(701), letters(702)
    ('a', 'z', 'aa', 'ab', 'zz', 'aaa')
    """
    word = ""
    number += 1
    while number:
        number, letter = divmod(number - 1, 26)
        word = chr(ord("a") + letter) + word
    return word


def _server(server: Server) -> ServerPlan:
    return ServerPlan(
        name=server.name,
        max_payload_bytes=server.max_payload_bytes,
        max_pending_bytes=server.max_pending_bytes,
        max_control_line_bytes=server.max_control_line_bytes,
        ping_interval_ns=server.ping_interval_ns,
        ping_max=server.ping_max,
    )


def _link(link: Link) -> LinkPlan:
    return LinkPlan(ends=link.ends, latency_ns=link.latency_ns)


def _client(client: Client) -> ClientPlan:
    return ClientPlan(
        name=client.name,
        at=client.at,
        reconnect_wait_ns=client.reconnect_wait_ns,
        ping_interval_ns=client.ping_interval_ns,
        pings_outstanding_max=client.pings_outstanding,
        subscriptions=tuple(_subscriptions(client)),
    )


def _subscriptions(client: Client) -> Iterator[SubscriptionPlan]:
    for number, doing in enumerate(client.doings):
        name = f"{client.name}.{letters(number)}"
        match doing:
            case Subscribe():
                yield SubscriptionPlan(
                    id=name,
                    subject=doing.subject,
                    queue=doing.queue,
                    max_messages=doing.max_messages,
                )
            case Reply():
                yield SubscriptionPlan(
                    id=name,
                    subject=doing.subject,
                    queue=doing.queue,
                    answers=True,
                    delay_ns=doing.delay_ns,
                )
            case _:
                pass


def _series(client: Client) -> Iterator[Series]:
    """Yield the regular series of a client, with an end in time turned into a count."""
    for number, doing in enumerate(client.doings):
        if not isinstance(doing, Publish | Request) or not _is_regular(doing):
            continue
        every_ns = doing.gap_ns[0]
        room = -(-(doing.until_ns - doing.from_ns) // every_ns)
        yield Series(
            id=f"{client.name}.{letters(number)}",
            client=client.name,
            kind="request" if isinstance(doing, Request) else "publish",
            subjects=doing.subjects,
            size=doing.size,
            from_ns=doing.from_ns,
            every_ns=every_ns,
            count=room if doing.count is None else doing.count,
            timeout_ns=doing.timeout_ns if isinstance(doing, Request) else 0,
        )


def _operations(client: Client, seed: int) -> Iterator[Operation]:
    """Yield the operations of a client's irregular series: the first at its begin, then gaps."""
    for number, doing in enumerate(client.doings):
        if not isinstance(doing, Publish | Request) or _is_regular(doing):
            continue
        name = f"{client.name}.{letters(number)}"
        gaps = Source(seed, f"plan/{name}/gaps")
        at_ns, n = doing.from_ns, 0
        while at_ns < doing.until_ns and (doing.count is None or n < doing.count):
            yield Operation(
                id=f"{name}/{n}",
                client=client.name,
                at_ns=at_ns,
                kind="request" if isinstance(doing, Request) else "publish",
                subject=doing.subjects[n % len(doing.subjects)],
                size=doing.size,
                timeout_ns=doing.timeout_ns if isinstance(doing, Request) else 0,
            )
            at_ns += gaps.between(*doing.gap_ns)
            n += 1


def _is_regular(doing: Publish | Request) -> bool:
    return doing.gap_ns[0] == doing.gap_ns[1]


def _faults(scenario: Scenario, seed: int) -> Iterator[Fault]:
    for number, line in enumerate(scenario.faults, start=1):
        name = f"f{number}"
        match line:
            case PartitionFault():
                yield Partition(
                    id=name,
                    at_ns=line.at_ns,
                    for_ns=line.for_ns,
                    sides=line.sides,
                    is_one_way=line.is_one_way,
                )
            case KillFault():
                yield Kill(
                    id=name, at_ns=line.at_ns, target=line.target, restart_ns=line.restart_ns
                )
            case PauseFault():
                yield Pause(id=name, at_ns=line.at_ns, for_ns=line.for_ns, target=line.target)
            case SlowLinkFault():
                yield SlowLink(
                    id=name,
                    at_ns=line.at_ns,
                    for_ns=line.for_ns,
                    ends=line.ends,
                    latency_ns=line.latency_ns,
                )
            case RandomFaults():
                yield from draw_faults(line, name, scenario, seed)
