"""A dialogue as rows to be shown: what was expected beside what came."""

from dataclasses import dataclass

from .document import Difference, Line, Result, Side
from .wire import character_at, first_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a dialogue.

    time: milliseconds, or empty. is_pair: expected and actual are to be shown beside each other;
    otherwise actual says it all. at: index of the first character that differs in both, else None.
    """

    conn: str
    side: Side
    time: str
    expected: str
    actual: str
    is_pair: bool
    at: int | None


def rows_of(result: Result) -> list[Row]:
    """Give the dialogue; a result that has none but a difference has a row for that."""
    difference = result.difference
    if not result.dialogue and difference is not None:
        return [_row_of(difference)]
    rows = [_row(line, difference) for line in result.dialogue]
    if difference is not None and all(row.at is None for row in rows):
        rows.append(_row_of(difference))
    return rows


def around(rows: list[Row], rows_max: int) -> list[Row]:
    """Give at most rows_max rows: those that lead to the first difference, a few after it."""
    wrong = next((number for number, row in enumerate(rows) if row.at is not None), len(rows))
    end = min(len(rows), max(wrong + 1 + rows_max // 4, rows_max))
    return rows[max(0, end - rows_max) : end]


def has_connections(rows: list[Row]) -> bool:
    """Say whether more than one connection speaks."""
    return len({row.conn for row in rows}) > 1


def in_lines(rows: list[Row]) -> list[str]:
    """Give the dialogue as plain lines; `^` stands below the first character that differs."""
    several = has_connections(rows)
    lines: list[str] = []
    for row in rows:
        who = f"{row.conn} {row.side}" if several else row.side
        if not row.is_pair:
            lines.append(f"{who}: {row.actual}")
            continue
        lines.append(f"{who}: expected {row.expected or 'nothing'}")
        lines.append(f"{' ' * len(who)}  actual   {row.actual or 'nothing'}")
        if row.at is not None:
            # The texts are equal before it, so one place fits both.
            place = character_at(row.actual, row.at)[0] if row.actual else 0
            lines.append(f"{' ' * (len(who) + 11 + place)}^")
    return lines


def _row(line: Line, difference: Difference | None) -> Row:
    is_pair = line.side == "S" and (line.is_wrong or line.expected not in ("", line.text))
    at = None
    if line.is_wrong:
        at = first_difference(line.expected, line.text)
        if difference is not None and difference.actual == line.text:
            at = difference.at
    return Row(
        conn=line.conn,
        side=line.side,
        time="" if line.at_us is None else f"{line.at_us / 1000:.1f}",
        expected=line.expected,
        actual=line.text,
        is_pair=is_pair,
        at=at,
    )


def _row_of(difference: Difference) -> Row:
    return Row(
        conn=difference.conn,
        side="S",
        time="",
        expected=difference.expected,
        actual=difference.actual,
        is_pair=True,
        at=difference.at,
    )
