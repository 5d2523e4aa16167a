"""Values as Go writes them, since nats-server's messages are Go's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.quote import quoted, quoted_rune
from natsim.broker.now import SECOND_NS

from .node import Moment, go_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .node import Value

_PLAIN_FLOAT_MAX = 1e21
_UNITS_NS = (("ms", 1_000_000), ("µs", 1000), ("ns", 1))


def quoted_list(texts: Sequence[str]) -> str:
    """Write strings in brackets (`%q`)."""
    return f"[{' '.join(quoted(text) for text in texts)}]"


def quoted_value(value: Value) -> str:
    """Write a value where a string was expected (`%q`)."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return quoted_rune(value)
    return f"%!q({go_type(value)}={plain(value)})"


def plain(value: Value) -> str:
    """Write a value bare (`%v`).

    What stands in arrays and maps is written as it is; Go writes addresses of memory there.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return number(value)
        case Moment():
            return f"{value.text[:10]} {value.text[11:19]} +0000 UTC"
        case list():
            return f"[{' '.join(plain(node.value) for node in value)}]"
        case dict():
            inner = " ".join(f"{key}:{plain(value[key].value)}" for key in sorted(value))
            return f"map[{inner}]"
        case _:
            return str(value)


def number(value: float) -> str:
    """Write a float (`%v`)."""
    if value.is_integer() and abs(value) < _PLAIN_FLOAT_MAX:
        return str(int(value))
    return repr(value)


def duration_text(ns: int) -> str:
    """Write a time span.

    >>> duration_text(90 * SECOND_NS), duration_text(1_500_000), duration_text(0)
    ('1m30s', '1.5ms', '0s')
    """
    if ns < 0:
        return "-" + duration_text(-ns)
    if ns == 0:
        return "0s"
    if ns < SECOND_NS:
        unit, size = next((unit, size) for unit, size in _UNITS_NS if ns >= size)
        return _decimal(ns, size) + unit
    minutes, rest = divmod(ns, 60 * SECOND_NS)
    hours, minutes = divmod(minutes, 60)
    seconds = _decimal(rest, SECOND_NS) + "s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def _decimal(ns: int, size: int) -> str:
    whole, rest = divmod(ns, size)
    if not rest:
        return str(whole)
    return f"{whole}.{str(rest).rjust(len(str(size)) - 1, '0').rstrip('0')}"
