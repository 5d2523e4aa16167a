"""Faults: a named bar above the lanes, a tint under all, a pattern on those it was aimed at."""

from xml.etree.ElementTree import Element

from natsim.reports.document import Fault
from natsim.reports.quantity import seconds

from .layout import ROW, Layout, Placed, title_of
from .svg import box, element, line, tooltip, words

KINDS = ("partition", "kill", "pause", "slow-link", "other")

# One pattern for each kind, so that they can be told apart without colour.
_PATTERNS: dict[str, tuple[float, str]] = {
    "partition": (8, "M-2 2l4-4M0 8l8-8M6 10l4-4"),
    "kill": (7, "M0 0l7 7M7 0l-7 7"),
    "pause": (6, "M1.5 0v6M4 0v6"),
    "slow-link": (6, "M1.5 2h1.6M4.5 5h1.6"),
    "other": (6, "M0 3h6"),
}


def kind_class(kind: str) -> str:
    """Give the class whose colour and pattern a fault has; kinds we do not know share one."""
    return kind if kind in KINDS else "other"


def define_patterns(parent: Element) -> None:
    """Define the pattern of every kind of fault."""
    definitions = element(parent, "defs", "")
    for kind, (size, path) in _PATTERNS.items():
        attributes: dict[str, str | float] = {
            "id": f"pattern-{kind}",
            "width": size,
            "height": size,
            "patternUnits": "userSpaceOnUse",
        }
        pattern = element(definitions, "pattern", "", attributes)
        element(pattern, "path", f"hatch {kind}", {"d": path})


def draw_bands(parent: Element, layout: Layout) -> None:
    """Draw the tints and patterns that lie under the lanes."""
    top, bottom = layout.lanes_y, layout.lanes_end
    for item in layout.placed:
        kind = kind_class(item.fault.kind)
        width = item.end - item.begin
        box(parent, f"tint {kind}", item.begin, top, width, bottom - top)
        for lane in layout.lanes:
            if lane.name in item.fault.targets:
                css = f"aimed {kind}"
                band = box(parent, css, item.begin, lane.top(), width, lane.height())
                band.set("fill", f"url(#pattern-{kind})")
                tooltip(band, _said(item.fault, layout))
        for x in (item.begin, item.end):
            line(parent, f"edge {kind}", (x, _bar_y(item, layout) + ROW - 4), (x, bottom))


def draw_bars(parent: Element, layout: Layout) -> None:
    """Draw the bar of each fault with its name."""
    for item in layout.placed:
        kind = kind_class(item.fault.kind)
        y = _bar_y(item, layout)
        group = element(parent, "g", f"fault {kind}")
        tooltip(group, _said(item.fault, layout))
        box(group, "bar", item.begin, y, item.end - item.begin, ROW - 4)
        box(group, "bar-hatch", item.begin, y, item.end - item.begin, ROW - 4).set(
            "fill", f"url(#pattern-{kind})"
        )
        if item.name_x is None:
            continue
        name = title_of(item.fault)
        if item.begin < item.name_x < item.end:
            box(group, "plate", item.name_x - 2, y + 1.5, 6.2 * len(name) + 4, ROW - 7)
        words(group, "small", item.name_x, y + ROW - 8, name)


def _bar_y(item: Placed, layout: Layout) -> float:
    return layout.faults_y + item.level * ROW


def _said(fault: Fault, layout: Layout) -> str:
    origin = layout.scale.origin_ns
    begin = seconds((fault.begin_ns or 0) - origin)
    if fault.end_ns is None:
        return f"{title_of(fault)}, from {begin} s, its end was not recorded"
    return f"{title_of(fault)}, from {begin} to {seconds(fault.end_ns - origin)} s"
