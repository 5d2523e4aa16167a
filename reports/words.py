"""JSON in words, for a reader who wants the values and not the braces."""

from .fields import Json

_DEPTH_MAX = 4
_ITEMS_MAX = 30


def in_words(value: Json, depth: int = 0) -> str:
    """Say a value: keys before their values, commas between; an inner list by spaces.

    >>> in_words({"at": "2s", "partition": [["n1", "n2"], ["n3"]], "for": "2s"})
    'at 2s, partition [n1 n2] [n3], for 2s'
    """
    if depth > _DEPTH_MAX:
        return "…"
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case dict():
            pairs = list(value.items())[:_ITEMS_MAX]
            said = ", ".join(f"{key} {in_words(item, depth + 1)}" for key, item in pairs)
            return f"({said})" if depth > 1 else said
        case list():
            said = " ".join(_in_brackets(item, depth) for item in value[:_ITEMS_MAX])
            return said if len(value) <= _ITEMS_MAX else f"{said} …"
        case _:
            return str(value)


def _in_brackets(item: Json, depth: int) -> str:
    said = in_words(item, depth + 1)
    return f"[{said}]" if isinstance(item, list | dict) else said
