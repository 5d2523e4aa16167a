"""Cells of the matrix: a letter and a colour for a result, and a strip of marks for a group."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from .document import Case, Grade, Result
from .views import grade_counts

_MARK = 7  # of a mark and of the room to the next, in the strip's own units
_STEP = 9
_MARKS_A_ROW = 14
# Shapes as well as colours, so that a strip can be read without them.
_SHAPES = {
    Grade.PASS: "h7v7h-7z",
    Grade.LENIENT: "m0 3h7v4h-7z",
    Grade.FAIL: "m3.5 -1l4.5 4.5l-4.5 4.5l-4.5 -4.5z",
    Grade.SKIPPED: "m2 2.5h3v2h-3z",
    Grade.UNKNOWN: "m3.5 0l3.5 7h-7z",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell: its letter and its classes."""

    letter: str
    css: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A group on one server: a picture with a mark for each case, SVG, and (letter, number)."""

    picture: str
    tally: tuple[tuple[str, int], ...]


def letter_of(grade: Grade) -> str:
    """Give the first letter of a grade, as in the matrix."""
    return grade.value[0].upper()


def cells_of(results: Sequence[Result]) -> list[Cell]:
    """Give the cells of a case; one whose grade its left neighbour has not is a `flip`."""
    flips = _flips([result.grade for result in results])
    return [_cell(result, is_flip) for result, is_flip in zip(results, flips, strict=True)]


def cells_of_grades(grades: Sequence[Grade]) -> list[Cell]:
    """Give the cells of grades that are no single result's."""
    return [
        Cell(letter=letter_of(grade), css=letter_of(grade) + " flip" * is_flip)
        for grade, is_flip in zip(grades, _flips(grades), strict=True)
    ]


def strip_of(cases: Sequence[Case], server: int) -> Strip:
    """Give the strip of some cases on a server, in their order."""
    counts = grade_counts(cases, server)
    paths = dict.fromkeys(counts, "")
    for number, case in enumerate(cases):
        x, y = number % _MARKS_A_ROW * _STEP + 1, number // _MARKS_A_ROW * _STEP + 1
        grade = case.results[server].grade
        paths[grade] += f"M{x} {y}{_SHAPES[grade]}"
    rows = (len(cases) - 1) // _MARKS_A_ROW + 1
    width, height = _MARKS_A_ROW * _STEP, rows * _STEP
    said = ", ".join(f"{number} {grade}" for grade, number in counts.items())
    svg = Element(
        "svg",
        {
            "class": "strip",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "role": "img",
            "aria-label": said,
        },
    )
    for grade, path in paths.items():
        SubElement(svg, "path", {"class": letter_of(grade), "d": path})
    picture: str = tostring(svg, encoding="unicode")
    return Strip(
        picture=picture,
        tally=tuple((letter_of(grade), number) for grade, number in counts.items()),
    )


def _cell(result: Result, is_flip: bool) -> Cell:
    letter = letter_of(result.grade)
    css = letter
    if result.is_unexpected_pass:
        letter, css = f"{letter}!", letter_of(Grade.FAIL)
    elif result.is_excused:
        css = f"{letter} known"
    return Cell(letter=letter, css=css + " flip" * is_flip)


def _flips(grades: Sequence[Grade]) -> list[bool]:
    return [n > 0 and grade is not grades[n - 1] for n, grade in enumerate(grades)]
