"""The picture, assembled from back to front."""

from xml.etree.ElementTree import Element, tostring

from natsim.reports.document import RunDocument
from natsim.reports.quantity import duration

from .bands import define_patterns, draw_bands, draw_bars
from .frame import draw_axis, draw_names, draw_phases
from .lane import draw_lane
from .layout import WIDTH, lay_out
from .markers import draw_markers
from .svg import tenth


def draw_timeline(document: RunDocument) -> str:
    """Draw a run as an SVG element for a page of HTML; empty when its history holds no entry."""
    if not document.totals.entries:
        return ""
    layout = lay_out(document)
    size = f"0 0 {WIDTH} {tenth(layout.height)}"
    root = Element("svg", {"class": "timeline", "viewBox": size, "role": "group"})
    root.set("aria-label", f"Time line of {duration(document.head.duration_ns)}")
    is_marked = document.head.workload_ns is not None
    define_patterns(root)
    draw_phases(root, document, layout)
    draw_bands(root, layout)
    draw_axis(root, layout, f"seconds since the {'workload' if is_marked else 'run'} began")
    for lane in layout.lanes:
        draw_lane(root, lane, layout, document)
    draw_names(root, layout)
    draw_bars(root, layout)
    draw_markers(root, document.anomalies, layout)
    return tostring(root, encoding="unicode")
