"""A dialogue as rows to be shown: what was expected beside what came."""

from dataclasses import dataclass

from .document import Line, Result, Side
from .wire import character_at, first_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a dialogue.

    time: milliseconds, or empty. is_pair: expected and actual are to be shown beside each other;
    otherwise actual says it all. at: index of the first character of actual that differs, else
    None; expected_at: likewise, also None where a pattern before it hides the place.
    """

    conn: str
    side: Side
    time: str
    expected: str
    actual: str
    is_pair: bool
    at: int | None
    expected_at: int | None


def rows_of(result: Result) -> list[Row]:
    """Give the dialogue; a result that has none but a difference has a row for that.

    The difference is of the last wrong line of its connection, and shows it around the place.
    """
    difference = result.difference
    rows = [_row(line) for line in result.dialogue]
    if difference is None:
        return rows
    wrong = [n for n, row in enumerate(rows) if row.at is not None and row.conn == difference.conn]
    if not wrong:
        return [
            *rows,
            _pair(difference.conn, "", difference.expected, difference.actual, difference.at),
        ]
    row = rows[wrong[-1]]
    rows[wrong[-1]] = _pair(
        row.conn, row.time, difference.expected, difference.actual, difference.at
    )
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
            place = character_at(row.actual, row.at)[0] if row.actual else 0
            lines.append(f"{' ' * (len(who) + 11 + place)}^")
    return lines


def _row(line: Line) -> Row:
    time = "" if line.at_us is None else f"{line.at_us / 1000:.1f}"
    if line.is_wrong:
        at = first_difference(line.expected, line.text)
        return _pair(line.conn, time, line.expected, line.text, at)
    return Row(
        conn=line.conn,
        side=line.side,
        time=time,
        expected=line.expected,
        actual=line.text,
        is_pair=line.side == "S" and line.expected not in ("", line.text),
        at=None,
        expected_at=None,
    )


def _pair(conn: str, time: str, expected: str, actual: str, at: int) -> Row:
    return Row(
        conn=conn,
        side="S",
        time=time,
        expected=expected,
        actual=actual,
        is_pair=True,
        at=at,
        expected_at=at if expected[:at] == actual[:at] else None,
    )
