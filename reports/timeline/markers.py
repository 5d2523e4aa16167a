"""Anomalies: numbered marks above the lanes that lead to the cards, a line from each down."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from natsim.reports.document import Anomaly

from .layout import CHAR, ROW, Layout
from .scale import Scale
from .svg import box, element, line, tooltip, words


def draw_markers(parent: Element, anomalies: Sequence[Anomaly], layout: Layout) -> None:
    """Draw the anomalies; those too close to be told apart share one mark."""
    timed = [anomaly for anomaly in anomalies if anomaly.t is not None]
    clusters = _clusters(sorted(timed, key=_time), layout.scale)
    for anomaly in timed:
        _draw_thread(parent, anomaly, layout)
    for cluster in clusters:
        _draw_mark(parent, cluster, layout)


def _draw_thread(parent: Element, anomaly: Anomaly, layout: Layout) -> None:
    x = layout.scale.x(_time(anomaly))
    lane = next((x for x in layout.lanes if x.is_client and x.name == anomaly.client), None)
    bottom = layout.lanes_end if lane is None else lane.base
    line(parent, "thread", (x, layout.anomalies_y + ROW), (x, bottom))
    if lane is not None:
        element(parent, "circle", "spot", {"cx": x, "cy": lane.base, "r": 3.2})


def _draw_mark(parent: Element, cluster: Sequence[Anomaly], layout: Layout) -> None:
    x = layout.scale.x(_time(cluster[0]))
    name = str(cluster[0].number)
    if len(cluster) > 1:
        name = f"{name} +{len(cluster) - 1}"
    width = CHAR * len(name) + 12
    left = min(max(x - width / 2, 0), layout.scale.right() - width / 2)
    link = element(parent, "a", "mark", {"href": f"#a{cluster[0].number}"})
    tooltip(link, "; ".join(f"{item.number} {item.name}" for item in cluster[:12]))
    plate = box(link, "mark-plate", left, layout.anomalies_y + 1, width, ROW - 3)
    plate.set("rx", "3")
    words(link, "mark-name middle", left + width / 2, layout.anomalies_y + ROW - 7, name)


def _clusters(anomalies: Sequence[Anomaly], scale: Scale) -> list[list[Anomaly]]:
    clusters: list[list[Anomaly]] = []
    for anomaly in anomalies:
        if clusters and scale.x(_time(anomaly)) - scale.x(_time(clusters[-1][0])) < 34:
            clusters[-1].append(anomaly)
        else:
            clusters.append([anomaly])
    return clusters


def _time(anomaly: Anomaly) -> int:
    return anomaly.t or 0
