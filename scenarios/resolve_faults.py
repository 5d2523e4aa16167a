"""The faults of a scenario: whom they hit, and that each is over when the duration is."""

from collections.abc import Iterator, Sequence

from .document import Place
from .ends import check_fault_end, check_until
from .inspection import Inspection
from .limits import FAULTS_MAX
from .names import expand_names
from .resolve_links import find_links
from .scenario import (
    FaultLine,
    KillFault,
    PartitionFault,
    PauseFault,
    RandomFaults,
    SlowLinkFault,
)
from .schema import (
    WrittenKill,
    WrittenPartition,
    WrittenPause,
    WrittenRandom,
    WrittenScenario,
    WrittenSlowLink,
)


def resolve_faults(written: WrittenScenario, look: Inspection) -> Iterator[FaultLine]:
    """Yield each line of faults; note mistakes about them."""
    total = 0
    for number, fault in enumerate(written.faults):
        place = ("faults", number)
        match fault:
            case WrittenPartition():
                check_fault_end(fault.at_ns, fault.for_ns, (*place, "for"), look)
                yield _partition(fault, look, (*place, "partition"))
            case WrittenKill():
                check_fault_end(fault.at_ns, fault.restart_ns or 0, (*place, "restart"), look)
                look.is_server(fault.kill, (*place, "kill"))
                yield KillFault(at_ns=fault.at_ns, target=fault.kill, restart_ns=fault.restart_ns)
            case WrittenPause():
                check_fault_end(fault.at_ns, fault.for_ns, (*place, "for"), look)
                look.is_node(fault.pause, (*place, "pause"))
                yield PauseFault(at_ns=fault.at_ns, for_ns=fault.for_ns, target=fault.pause)
            case WrittenSlowLink():
                check_fault_end(fault.at_ns, fault.for_ns, (*place, "for"), look)
                yield from _slow_link(fault, look, (*place, "slow-link"))
            case WrittenRandom():
                line = _random(fault, written, look, place)
                total += max(0, line.until_ns - line.from_ns - 1) // line.gap_ns[0] - 1
                yield line
        total += 1
    if look.is_whole and total > FAULTS_MAX:
        text = f"there are up to {total} faults, at most {FAULTS_MAX} are played"
        look.wrong_key(("faults",), f"{text}; write fewer, or a longer every")


def _partition(fault: WrittenPartition, look: Inspection, place: Place) -> PartitionFault:
    sides = with_clients(read_sides(fault.partition, look, place), look)
    # A node that is wrong, here or at a client, would make it look as if nothing were parted.
    is_sound = look.is_whole and not look.mistakes
    if is_sound and not _parts_a_client(sides, fault.one_way, look):
        text = "no client is parted from its server, so nothing happens"
        look.wrong_value(place, f"{text}; put the clients to cut off on a side of their own")
    return PartitionFault(
        at_ns=fault.at_ns,
        for_ns=fault.for_ns,
        sides=tuple(map(tuple, sides)),
        is_one_way=fault.one_way,
    )


def read_sides(written: Sequence[Sequence[str]], look: Inspection, place: Place) -> list[list[str]]:
    """Return the names of each side; note mistakes about sides that are not, and their nodes."""
    most = len(look.servers) + len(look.clients)
    if look.is_whole and len(written) < 2:
        look.wrong_value(place, "a partition has two sides or more; write [[n1], [p1]]")
    seen: set[str] = set()
    sides: list[list[str]] = []
    for number, side in enumerate(written):
        names: list[str] = []
        if look.is_whole and not side:
            look.wrong_value((*place, number), "this side is empty; name a node, or remove it")
        for item, text in enumerate(side[: most + 1]):
            where = (*place, number, item)
            for name in expand_names(text):
                if not look.is_node(name, where):
                    break
                if name in seen:
                    look.wrong_value(where, f"{name} is named twice; a node has one side")
                    break
                seen.add(name)
                names.append(name)
        sides.append(names)
    return sides


def with_clients(sides: Sequence[Sequence[str]], look: Inspection) -> list[list[str]]:
    """Return the sides with each client that is on none put on the side of its server."""
    named = {name for side in sides for name in side}
    full: list[list[str]] = []
    for side in sides:
        moved = [
            client
            for client, server in look.clients.items()
            if client not in named and server in side
        ]
        full.append([*side, *moved])
    return full


def _parts_a_client(sides: Sequence[Sequence[str]], one_way: bool, look: Inspection) -> bool:
    side_of = {name: number for number, side in enumerate(sides) for name in side}
    for client, server in look.clients.items():
        ends = {side_of.get(client), side_of.get(server)}
        if len(ends) == 2 and None not in ends and (0 in ends or not one_way):
            return True
    return False


def _slow_link(fault: WrittenSlowLink, look: Inspection, place: Place) -> Iterator[SlowLinkFault]:
    links = find_links(fault.slow_link, place, look)
    if len(links) > 1:
        look.wrong_value(place, "slow-link is for one link; write a fault for each")
    for _, ends in links[:1]:
        yield SlowLinkFault(
            at_ns=fault.at_ns, for_ns=fault.for_ns, ends=ends, latency_ns=fault.latency_ns
        )


def _random(
    fault: WrittenRandom, written: WrittenScenario, look: Inspection, place: Place
) -> RandomFaults:
    check_until(fault.from_ns, fault.until_ns, place, look)
    return RandomFaults(
        gap_ns=fault.every_ns,
        from_ns=fault.from_ns,
        until_ns=written.duration_ns if fault.until_ns is None else fault.until_ns,
        one_of=tuple(fault.one_of),
    )
