"""One lane: the density of its messages around a thin line that tells when it was connected."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from natsim.reports.document import RunDocument, Spell
from natsim.reports.quantity import seconds

from .layout import HALF, Lane, Layout
from .scale import Scale
from .svg import element, line, tenth, tooltip

_SHORTEST = 1.5  # of a bar, so that one message shows
_GAP = 0.6
_NOTCH = 5  # up and down, where a connection was lost or made again


def draw_lane(parent: Element, lane: Lane, layout: Layout, document: RunDocument) -> None:
    """Draw the bars and the connection of one client or server."""
    scale = layout.scale
    group = element(parent, "g", "lane")
    line(group, "rule", (scale.left, lane.top()), (scale.right(), lane.top()))
    density, width = lane.density, document.bucket_ns
    peak = max(density.published)
    up = _Bars(scale, lane.base - 1.5, width, -HALF / max(1, peak))
    down = _Bars(scale, lane.base + 1.5, width, HALF / max(1, *density.delivered))
    for css, path in (
        ("published", up.path(density.published)),
        ("unreached", up.path(density.unreached)),
        ("delivered", down.path(density.delivered)),
    ):
        if path:
            element(group, "path", css, {"d": path})
    line(group, "apart", (scale.left, lane.base), (scale.right(), lane.base))
    for spell in lane.spells:
        _draw_spell(group, spell, lane, scale)


def _draw_spell(parent: Element, spell: Spell, lane: Lane, scale: Scale) -> None:
    begin = scale.x(spell.begin_ns)
    end = scale.right() if spell.end_ns is None else scale.x(spell.end_ns)
    together = line(parent, "joined", (begin, lane.base), (end, lane.base))
    if spell.end_ns is not None and spell.end_ns < scale.end_ns:
        line(parent, "joined", (end, lane.base - _NOTCH), (end, lane.base + _NOTCH))
    if spell.begin_ns > scale.origin_ns:
        line(parent, "joined", (begin, lane.base - _NOTCH), (begin, lane.base + _NOTCH))
    until = "the end" if spell.end_ns is None else f"{seconds(spell.end_ns - scale.origin_ns)} s"
    server = f" with {spell.server}" if lane.is_client and spell.server else ""
    from_s = seconds(spell.begin_ns - scale.origin_ns)
    tooltip(together, f"{spell.conn}{server}: connected from {from_s} s to {until}")


class _Bars:
    """Bars that stand on base; step: how much one message adds, upwards when negative."""

    def __init__(self, scale: Scale, base: float, bucket_ns: int, step: float) -> None:
        self.scale = scale
        self.base = base
        self.bucket_ns = bucket_ns
        self.step = step

    def path(self, numbers: Sequence[int]) -> str:
        """Give the path of the bars, empty when all numbers are 0."""
        return "".join(self._bar(n, number) for n, number in enumerate(numbers) if number)

    def _bar(self, n: int, number: int) -> str:
        x = self.scale.x(n * self.bucket_ns)
        width = max(0.5, self.scale.x((n + 1) * self.bucket_ns) - x - _GAP)
        height = number * self.step
        if abs(height) < _SHORTEST:
            height = _SHORTEST if height > 0 else -_SHORTEST
        return f"M{tenth(x)} {tenth(self.base)}v{tenth(height)}h{tenth(width)}v{tenth(-height)}z"
