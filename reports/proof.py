"""The entries that prove an anomaly, as rows a reader can follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .document import Anomaly
from .fields import Json, Object, object_in, text_at, whole_at
from .quantity import counted, seconds, seconds_exactly
from .words import in_words

_ABOVE = frozenset({"i", "t", "type", "process", "f", "value"})
_OUTCOMES = frozenset({"ok", "info", "fail"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry of the history. css: ok, info or fail for the end of an operation, else empty.

    is_first: no row before it shows the same entry: links lead here, others have no pairs.
    """

    index: int
    time: str
    process: str
    what: str
    css: str
    pairs: tuple[tuple[str, str], ...]
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An anomaly with its proof. left_out: a sentence on entries that are not shown, or empty."""

    anomaly: Anomaly
    at: str
    rows: tuple[Row, ...]
    left_out: str


def cards_of(
    anomalies: Sequence[Anomaly], entries: Mapping[str, Json], origin_ns: int
) -> list[Card]:
    """Give a card for each anomaly; times count from origin_ns."""
    seen: set[int] = set()
    cards: list[Card] = []
    for anomaly in anomalies:
        rows: list[Row] = []
        for index in anomaly.entries:
            entry = object_in(entries.get(str(index)))
            if entry:
                rows.append(_row(index, entry, origin_ns, is_first=index not in seen))
                seen.add(index)
        cards.append(
            Card(
                anomaly=anomaly,
                at="" if anomaly.t is None else seconds(anomaly.t - origin_ns),
                rows=tuple(rows),
                left_out=_left_out(anomaly, len(rows)),
            )
        )
    return cards


def what_of(entry: Object) -> str:
    """Say what an entry is: `invoke publish`, `deliver`, `partition begin`, `workload`."""
    kind = text_at(entry, "type") or ""
    f = text_at(entry, "f") or ""
    phase = text_at(entry, "phase") or ""
    match kind:
        case "observe":
            return f
        case "fault":
            return f"{f} {phase}"
        case "phase":
            return phase
        case _:
            return f"{kind} {f}"


def pairs_of(entry: Object) -> tuple[tuple[str, str], ...]:
    """Give everything else the entry says, its value's keys first."""
    value = object_in(entry.get("value"))
    rest = {key: item for key, item in entry.items() if key not in _ABOVE}
    return tuple((key, in_words(item)) for key, item in [*value.items(), *rest.items()])


def _row(index: int, entry: Object, origin_ns: int, is_first: bool) -> Row:
    kind = text_at(entry, "type") or ""
    return Row(
        index=index,
        time=seconds_exactly((whole_at(entry, "t") or 0) - origin_ns),
        process=text_at(entry, "process") or "",
        what=what_of(entry),
        css=kind if kind in _OUTCOMES else "",
        pairs=pairs_of(entry) if is_first else (),
        is_first=is_first,
    )


def _left_out(anomaly: Anomaly, shown: int) -> str:
    missing = anomaly.entry_count - shown
    if not missing:
        return ""
    known = ", ".join(str(index) for index in anomaly.entries)
    said = counted(missing, "proving entry", "proving entries")
    return f"{said} not shown; the first are {known}."
