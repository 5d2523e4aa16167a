"""What is wrong with a file: mistakes, each with its place, and the one error that carries them."""

from collections.abc import Iterable
from dataclasses import dataclass

from .limits import MISTAKES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong, and what to write instead.

    path: as the user gave it. line, column: from 1; no column when the line is all that is known,
    no line when the file as a whole is meant.
    """

    path: str
    line: int | None = None
    column: int | None = None
    text: str

    def __str__(self) -> str:
        place = [part for part in (self.path, self.line, self.column) if part is not None]
        return f"{':'.join(map(str, place))}: {self.text}"


class ScenarioError(Exception):
    """A scenario or a plan cannot be used.

    mistakes: one or more, in the order of the file; str() gives one a line.
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(self.mistakes)

    def __str__(self) -> str:
        return "\n".join(map(str, self.mistakes))


class RuleError(ValueError):
    """A value breaks a rule.

    value: what was found. rule: what it must be, or what to write: the second half of a sentence.
    """

    def __init__(self, value: object, rule: str) -> None:
        self.value = value
        self.rule = rule
        super().__init__(value, rule)

    def __str__(self) -> str:
        return f"it is {shown(self.value)}; {self.rule}"


def in_order(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Sort mistakes by their place, file by file as they come.

    After MISTAKES_MAX one says how many more there are.
    """
    found = list(mistakes)
    files = list(dict.fromkeys(each.path for each in found))
    ordered = sorted(
        found, key=lambda each: (files.index(each.path), each.line or 0, each.column or 0)
    )
    if len(ordered) <= MISTAKES_MAX:
        return tuple(ordered)
    more = len(ordered) - MISTAKES_MAX
    last = Mistake(path=ordered[0].path, text=f"and {more} more mistakes; mend these first")
    return (*ordered[:MISTAKES_MAX], last)


def shown(value: object) -> str:
    """Show a value of a file in a sentence.

    >>> shown("10 s"), shown(True), shown(None), shown([1])
    ('"10 s"', 'true', 'empty', 'a list')
    """
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if abs(value) < 10**20 else "a number of more than 20 digits"
        case str():
            return f'"{shortened(value)}"'
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case _:
            return shortened(str(value))


def shortened(text: str) -> str:
    """Cut a text to what fits in a sentence, on one line."""
    line = "".join(letter if letter.isprintable() else "?" for letter in text[:60])
    return line if len(text) <= 60 else f"{line}..."
