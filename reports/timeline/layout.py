"""Where everything is: rows from top to bottom, in units of the picture (a pixel, about)."""

from collections.abc import Sequence
from dataclasses import dataclass

from natsim.reports.document import Density, Fault, RunDocument, Spell
from natsim.reports.limits import LANES_MAX
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
_LEVELS_MAX = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One client or server. base: the height at which it is connected; its bars stand there."""

    name: str
    is_client: bool
    base: float
    density: Density
    spells: tuple[Spell, ...]

    def top(self) -> float:
        """Give the upper edge."""
        return self.base - _LANE / 2

    def height(self) -> float:
        """Give the height of a lane."""
        return _LANE


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A fault on its level; what does not fit the levels shares the last one, unnamed.

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
    y = lanes_y
    for heading, group in (("clients", _clients(document)), ("servers", _servers(document))):
        if not group:
            continue
        headings.append((heading, y + _HEADING - 6))
        y += _HEADING
        for name, density, spells in group[:LANES_MAX]:
            is_client = heading == "clients"
            base = y + _LANE / 2
            lanes.append(
                Lane(name=name, is_client=is_client, base=base, density=density, spells=spells)
            )
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


def _clients(document: RunDocument) -> list[tuple[str, Density, tuple[Spell, ...]]]:
    return [
        (client.name, client.density, client.spells)
        for client in document.clients
        if client.density is not None
    ]


def _servers(document: RunDocument) -> list[tuple[str, Density, tuple[Spell, ...]]]:
    return [
        (server.name, server.density, _served(document, server.name))
        for server in document.servers
        if server.density is not None
    ]


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
        if level < _LEVELS_MAX:
            taken[level:] = [reach + 4, *taken[level + 1 :]]
        is_named = level < _LEVELS_MAX
        placed.append(
            Placed(
                fault=fault,
                level=min(level, _LEVELS_MAX - 1),
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
