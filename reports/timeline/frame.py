"""What surrounds the lanes: phases above, seconds below, names at the left."""

from xml.etree.ElementTree import Element

from natsim.reports.document import RunDocument
from natsim.reports.quantity import count, seconds

from .layout import CHAR, HALF, ROW, WIDTH, Lane, Layout
from .svg import box, line, tooltip, words

_NAME_MAX = 11


def draw_phases(parent: Element, document: RunDocument, layout: Layout) -> None:
    """Draw the phases as a strip, and their borders through the lanes."""
    scale = layout.scale
    for number, phase in enumerate(document.phases):
        begin = scale.x(phase.begin_ns)
        end = scale.right() if phase.end_ns is None else scale.x(phase.end_ns)
        if number:
            line(parent, "border", (begin, 0), (begin, layout.lanes_end))
        if phase.phase == "end":
            continue
        strip = box(parent, f"phase {'odd' if number % 2 else 'even'}", begin, 0, end - begin, ROW)
        tooltip(strip, f"{phase.phase}, from {seconds(phase.begin_ns - scale.origin_ns)} s")
        if end - begin > CHAR * len(phase.phase) + 12:
            words(parent, "small muted", begin + 6, ROW - 6, phase.phase)


def draw_axis(parent: Element, layout: Layout, title: str) -> None:
    """Draw round seconds below the lanes, with a fine line each through them."""
    scale, y = layout.scale, layout.lanes_end
    for t, word in scale.ticks():
        x = scale.x(t)
        line(parent, "grid", (x, layout.lanes_y), (x, y + 4))
        words(parent, "small muted middle", x, y + 17, word)
    words(parent, "small muted end", scale.right(), y + 34, title)


def draw_names(parent: Element, layout: Layout) -> None:
    """Draw the name of each lane at its left and the height of its tallest bars at its right."""
    for heading, y in layout.headings:
        words(parent, "heading", 0, y, heading)
    for lane in layout.lanes:
        shown = lane.name if len(lane.name) <= _NAME_MAX else f"{lane.name[: _NAME_MAX - 1]}…"
        tooltip(words(parent, "name", 0, lane.base + 4, shown), lane.name)
        _draw_peaks(parent, lane, layout)


def _draw_peaks(parent: Element, lane: Lane, layout: Layout) -> None:
    x = WIDTH
    published, delivered = max(lane.density.published), max(lane.density.delivered)
    if published:
        words(parent, "small end published-ink", x, lane.base - HALF / 2, f"{count(published)} ↑")
    if delivered:
        words(parent, "small end delivered-ink", x, lane.base + HALF, f"{count(delivered)} ↓")
