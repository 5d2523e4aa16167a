"""What a caller of the checkers can do wrong, as exceptions."""

from difflib import get_close_matches


class CheckError(Exception):
    """The checkers were asked for something they do not have, or given no verdict."""


class UnknownChecker(CheckError):
    """There is no checker of this name. known: all there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(known)}"
        super().__init__(f"there is no checker {name}; {hint}")
        self.name = name
        self.known = known


class BadVerdict(CheckError):
    """A file is no verdict."""
