"""Elements of SVG, made by xml.etree, which escapes every text and attribute."""

from collections.abc import Mapping
from typing import TypeAlias
from xml.etree.ElementTree import Element, SubElement

Point: TypeAlias = tuple[float, float]


def element(
    parent: Element, tag: str, css: str, attributes: Mapping[str, str | float] | None = None
) -> Element:
    """Add an element with its classes; numbers are written to a tenth."""
    made = SubElement(parent, tag)
    if css:
        made.set("class", css)
    for name, value in (attributes or {}).items():
        made.set(name, value if isinstance(value, str) else tenth(value))
    return made


def box(parent: Element, css: str, x: float, y: float, width: float, height: float) -> Element:
    """Add a rectangle."""
    return element(parent, "rect", css, {"x": x, "y": y, "width": width, "height": height})


def line(parent: Element, css: str, start: Point, end: Point) -> Element:
    """Add a straight line from start to end, each (x, y), y downwards."""
    ends = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    return element(parent, "line", css, ends)


def words(parent: Element, css: str, x: float, y: float, text: str) -> Element:
    """Add a text; y is its base line, and its class says which way it grows from x."""
    made = element(parent, "text", css, {"x": x, "y": y})
    made.text = text
    return made


def tooltip(parent: Element, text: str) -> None:
    """Give the element a text that shows while the pointer rests on it."""
    SubElement(parent, "title").text = text


def tenth(value: float) -> str:
    """Write a number of units to a tenth, without a trailing zero: `12`, `12.5`."""
    return f"{value:.1f}".removesuffix(".0")
