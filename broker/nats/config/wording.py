"""Values as Go writes them, since nats-server's messages are Go's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.quote import quoted, quoted_rune

from .node import Moment, go_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .node import Value

_PLAIN_FLOAT_MAX = 1e21


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
