"""Where everything is: rows from top to bottom, in units of the picture (a pixel, about)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from natsim.reports.document import Client, Density, Fault, RunDocument, Spell
from natsim.reports.spans import merged

from .scale import Scale

WIDTH = 1000
ROW = 20  # of a phase, of a level of faults, of the anomalies
HALF = 20  # of a lane: bars are at most so long
CHAR = 6.2  # wide, about, in the picture's smallest letters

_LEFT = 76
_RIGHT = 50
_LANE = 2 * HALF + 10
_HEADING = 20
_AXIS = 42
_NAMED_LEVELS_MAX = 5  # of faults; a level below them holds the others, without names


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One client or server.

    base: the height at which it is connected; its bars stand there. untold_ns: since when nothing
    tells whether it was connected; the end of the run when all of it is told.
    """

    name: str
    is_client: bool
    base: float
    density: Density
    spells: tuple[Spell, ...]
    untold_ns: int

    def top(self) -> float:
        """Give the upper edge."""
        return self.base - _LANE / 2

    def height(self) -> float:
        """Give the height of a lane."""
        return _LANE


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A fault on its level; what does not fit the levels shares one below them, unnamed.

    begin, end: its bar. name_x: where its name begins, None for none.
    """

    fault: Fault
    level: int
    begin: float
    end: float
    name_x: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole picture. headings: of the groups of lanes, with their heights."""

    scale: Scale
    placed: tuple[Placed, ...]
    faults_y: float
    anomalies_y: float
    lanes_y: float
    headings: tuple[tuple[str, float], ...]
    lanes: tuple[Lane, ...]
    lanes_end: float
    height: float


def lay_out(document: RunDocument) -> Layout:
    """Place the lanes that have a density, and the faults that began."""
    head = document.head
    scale = Scale(
        left=_LEFT,
        width=WIDTH - _LEFT - _RIGHT,
        end_ns=head.duration_ns,
        origin_ns=head.workload_ns or 0,
    )
    placed = _place([fault for fault in document.faults if fault.begin_ns is not None], scale)
    levels = 1 + max((item.level for item in placed), default=-1)
    faults_y = ROW + 4
    anomalies_y = faults_y + levels * ROW
    lanes_y = anomalies_y + (ROW + 2 if document.anomalies else 0) + 4

    headings: list[tuple[str, float]] = []
    lanes: list[Lane] = []
    y: float = lanes_y
    for heading, group in (("clients", _clients(document)), ("servers", _servers(document))):
        if not group:
            continue
        headings.append((heading, y + _HEADING - 6))
        y += _HEADING
        for lane in group:
            lanes.append(replace(lane, base=y + _LANE / 2))
            y += _LANE
    return Layout(
        scale=scale,
        placed=placed,
        faults_y=faults_y,
        anomalies_y=anomalies_y,
        lanes_y=lanes_y,
        headings=tuple(headings),
        lanes=tuple(lanes),
        lanes_end=y,
        height=y + _AXIS,
    )


def _clients(document: RunDocument) -> list[Lane]:
    end_ns = document.head.duration_ns
    return [
        Lane(
            name=client.name,
            is_client=True,
            base=0,
            density=client.density,
            spells=client.spells,
            untold_ns=_untold_ns(client, end_ns),
        )
        for client in document.clients
        if client.density is not None
    ]


def _servers(document: RunDocument) -> list[Lane]:
    end_ns = document.head.duration_ns
    untold_ns = min((_untold_ns(client, end_ns) for client in document.clients), default=end_ns)
    return [
        Lane(
            name=server.name,
            is_client=False,
            base=0,
            density=server.density,
            spells=_served(document, server.name),
            untold_ns=untold_ns,
        )
        for server in document.servers
        if server.density is not None
    ]


def _untold_ns(client: Client, end_ns: int) -> int:
    if not client.spells_left_out:
        return end_ns
    return max((spell.end_ns or 0 for spell in client.spells), default=0)


def _served(document: RunDocument, server: str) -> tuple[Spell, ...]:
    end_ns = document.head.duration_ns
    spans = [
        (spell.begin_ns, end_ns if spell.end_ns is None else spell.end_ns)
        for client in document.clients
        for spell in client.spells
        if spell.server == server
    ]
    return tuple(
        Spell(conn="clients", server=server, begin_ns=begin, end_ns=end)
        for begin, end in merged(spans)
    )


def _place(faults: Sequence[Fault], scale: Scale) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    taken: list[float] = []  # by level, how far to the right
    for fault in faults:
        begin = scale.x(fault.begin_ns or 0)
        end = scale.right() if fault.end_ns is None else scale.x(fault.end_ns)
        end = max(end, begin + 2)
        name_x, reach = _name_place(fault, begin, end, scale)
        level = next((n for n, x in enumerate(taken) if x <= min(begin, name_x)), len(taken))
        is_named = level < _NAMED_LEVELS_MAX
        if is_named:
            taken[level:] = [reach + 4, *taken[level + 1 :]]
        placed.append(
            Placed(
                fault=fault,
                level=min(level, _NAMED_LEVELS_MAX),
                begin=begin,
                end=end,
                name_x=name_x if is_named else None,
            )
        )
    return tuple(placed)


def _name_place(fault: Fault, begin: float, end: float, scale: Scale) -> tuple[float, float]:
    """Give where the name begins and how far bar and name reach: inside, else right, else left."""
    length = CHAR * len(title_of(fault)) + 8
    if end - begin >= length:
        return begin + 5, end
    if end + length <= scale.right():
        return end + 4, end + length
    return begin - length, end


def title_of(fault: Fault) -> str:
    """Give the name of a fault as the picture shows it."""
    return f"{fault.id} {fault.kind}"
