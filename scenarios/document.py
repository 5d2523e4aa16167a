"""A file's value as plain Python, and where in the file each part of it stands."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .mistake import Mistake

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in a file, from 1; column is None where only the line is known."""

    line: int
    column: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says.

    path: as the user gave it. keys, values: the marks of mapping keys and of values, by the way to
    them from the root: `("clients", "p1", "at")`. The root is always in values.
    mistakes: what was wrong with the file as YAML or JSON; value is then what could be read.
    """

    path: str
    value: Value
    values: Mapping[Place, Mark]
    keys: Mapping[Place, Mark] = field(default_factory=dict[Place, Mark])
    mistakes: tuple[Mistake, ...] = ()

    def at(self, place: Place) -> Value:
        """Return the value at a place.

        place may name what is not there: a list of one where the file has the item alone, the tag
        of a union. Such parts are passed over; a part that names a missing key ends the walk.
        """
        return _walk(self.value, place)[1]

    def nearest(self, place: Place) -> Place:
        """Return the part of a place that is in the file."""
        return _walk(self.value, place)[0]

    def wrong_value(self, place: Place, text: str) -> Mistake:
        """Make a mistake that points at a value, or at what is nearest around it."""
        found = self.nearest(place)
        while found not in self.values:
            found = found[:-1]
        return self._mistake(self.values[found], text)

    def wrong_key(self, place: Place, text: str) -> Mistake:
        """Make a mistake that points at a key, or at the value of an item without a key."""
        found = self.nearest(place)
        if found in self.keys:
            return self._mistake(self.keys[found], text)
        return self.wrong_value(found, text)

    def without(self, places: Collection[Place]) -> "Document":
        """Return the document with some places cut out; the marks of the rest stay with it."""
        values: dict[Place, Mark] = {}
        keys: dict[Place, Mark] = {}

        def kept(value: Value, old: Place, new: Place) -> Value:
            if old in self.values:
                values[new] = self.values[old]
            if old in self.keys:
                keys[new] = self.keys[old]
            match value:
                case dict():
                    inner = [key for key in value if (*old, key) not in places]
                    return {key: kept(value[key], (*old, key), (*new, key)) for key in inner}
                case list():
                    left = [n for n in range(len(value)) if (*old, n) not in places]
                    return [kept(value[n], (*old, n), (*new, m)) for m, n in enumerate(left)]
                case _:
                    return value

        value = kept(self.value, (), ())
        return Document(path=self.path, value=value, values=values, keys=keys)

    def _mistake(self, mark: Mark, text: str) -> Mistake:
        return Mistake(path=self.path, line=mark.line, column=mark.column, text=text)


def _walk(value: Value, place: Place) -> tuple[Place, Value]:
    found: list[str | int] = []
    for part in place:
        match value, part:
            case dict(), str() if part in value:
                value = value[part]
            case list(), int() if 0 <= part < len(value):
                value = value[part]
            case _:
                continue
        found.append(part)
    return tuple(found), value
