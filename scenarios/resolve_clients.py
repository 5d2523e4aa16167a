"""The clients of a scenario, and what each does."""

from collections.abc import Iterator, Mapping, Sequence

from .document import Place
from .ends import check_until
from .inspection import Inspection
from .limits import DOINGS_MAX, OPERATIONS_MAX
from .mistake import RuleError
from .names import expand_names
from .quantity import format_duration
from .scenario import Client, Doing, Publish, Reply, Request, Series, Subscribe
from .schema import (
    DOINGS,
    WrittenClient,
    WrittenReply,
    WrittenRequest,
    WrittenScenario,
    WrittenSeries,
    WrittenSubscribe,
)
from .subject import fill, placeholders


def resolve_clients(written: WrittenScenario, look: Inspection) -> Iterator[Client]:
    """Yield each client; note mistakes about what they do, and about vars."""
    _check_vars(written, look)
    operations = 0
    for key, client in written.clients.items():
        place = ("clients", key)
        look.is_server(client.at, (*place, "at"))
        doings = tuple(_doings(client, written, look, place))
        if len(doings) > DOINGS_MAX:
            text = f"it does {len(doings)} things; at most {DOINGS_MAX} are for one client"
            look.wrong_key(place, text)
        names = expand_names(key)
        operations += len(names) * sum(map(_most_operations, doings))
        for name in names:
            yield Client(
                name=name,
                at=client.at,
                doings=doings,
                reconnect_wait_ns=client.reconnect_wait_ns,
                ping_interval_ns=client.ping_interval_ns,
                pings_outstanding=client.pings_outstanding,
            )
    if look.is_whole and operations > OPERATIONS_MAX:
        text = f"there are up to {operations} operations, at most {OPERATIONS_MAX} are played"
        look.wrong_key(("clients",), f"{text}; write lower rates or a shorter duration")


def _doings(
    client: WrittenClient, written: WrittenScenario, look: Inspection, place: Place
) -> Iterator[Doing]:
    """Yield what a client does, in the order of the file."""
    keys = look.document.at(place)
    for key in keys if isinstance(keys, dict) else ():
        if key not in DOINGS:
            continue
        items: Sequence[WrittenSubscribe | WrittenReply | WrittenSeries] = getattr(client, key)
        for number, doing in enumerate(items):
            match doing:
                case WrittenSubscribe():
                    yield Subscribe(
                        subject=doing.subject,
                        queue=doing.queue or client.queue,
                        max_messages=doing.max_messages,
                    )
                case WrittenReply():
                    yield Reply(
                        subject=doing.subject,
                        queue=doing.queue or client.queue,
                        delay_ns=doing.delay_ns,
                    )
                case WrittenSeries():
                    yield _series(doing, written, look, (*place, key, number))


def _series(
    doing: WrittenSeries, written: WrittenScenario, look: Inspection, place: Place
) -> Publish | Request:
    subjects: tuple[str, ...] = ()
    try:
        subjects = fill(doing.subject, written.vars)
    except RuleError as error:
        look.broken_rule((*place, "subject"), error)
    # Neither is there only when that was noted as a mistake; then any gap will do.
    gap_ns = doing.every_ns or (doing.rate or 1, doing.rate or 1)
    until_ns = doing.until_ns or written.duration_ns
    _check_ends(doing, gap_ns[1], look, place)
    match doing:
        case WrittenRequest():
            return Request(
                subjects=subjects,
                size=doing.size,
                gap_ns=gap_ns,
                from_ns=doing.from_ns,
                until_ns=until_ns,
                count=doing.count,
                timeout_ns=doing.timeout_ns,
            )
        case _:
            return Publish(
                subjects=subjects,
                size=doing.size,
                gap_ns=gap_ns,
                from_ns=doing.from_ns,
                until_ns=until_ns,
                count=doing.count,
            )


def _check_ends(doing: WrittenSeries, gap_ns: int, look: Inspection, place: Place) -> None:
    """Check that a series begins before it ends, and ends in time.

    gap_ns: the longest.
    """
    check_until(doing.from_ns, doing.until_ns, place, look)
    if doing.count is None or look.duration_ns is None or doing.from_ns >= look.duration_ns:
        return
    room = (look.duration_ns - doing.from_ns - 1) // gap_ns + 1
    if doing.count > room:
        end = format_duration(look.duration_ns)
        text = f"count is {doing.count}, but not all fit into the duration of {end}"
        look.wrong_value((*place, "count"), f"{text}; write {room} or less")


def _most_operations(doing: Doing) -> int:
    """Return how many operations there can be, with the shortest gaps."""
    if not isinstance(doing, Series):
        return 0
    if doing.count is not None:
        return doing.count
    return -(-max(0, doing.until_ns - doing.from_ns) // doing.gap_ns[0])


def _check_vars(written: WrittenScenario, look: Inspection) -> None:
    for name, values in written.vars.items():
        if look.is_whole and not values:
            look.wrong_value(("vars", name), f"{name} has no values; write [{name}1, {name}2]")
        look.no_repeats(values, ("vars", name))
    if look.is_whole:
        used = _placeholders(written.clients)
        without = [name for name in used if name not in written.vars]
        for name in written.vars:
            if name not in used:
                advice = look.advice(name, without) if without else "leave it out"
                look.wrong_key(("vars", name), f"{{{name}}} is in no published subject; {advice}")


def _placeholders(clients: Mapping[str, WrittenClient]) -> dict[str, None]:
    """Return the names of all placeholders, each once, in order."""
    used: dict[str, None] = {}
    for client in clients.values():
        for series in (*client.publish, *client.request):
            used |= dict.fromkeys(placeholders(series.subject))
    return used
