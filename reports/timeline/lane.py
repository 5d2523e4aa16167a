"""One lane: the density of its messages around a thin line that tells when it was connected."""

from collections.abc import Sequence
from math import copysign
from xml.etree.ElementTree import Element

from natsim.reports.document import RunDocument, Spell
from natsim.reports.quantity import seconds

from .layout import HALF, Lane, Layout
from .scale import Scale
from .svg import element, line, tenth, tooltip

_SHORTEST = 1.5  # of a bar, so that one message shows
_GAP = 0.6
_NOTCH = "m0-5v10"  # where a connection was lost or made again
_USUAL_TIMES = 4  # a bar longer than so many usual ones is drawn broken
_BROKEN_UP = f"v-{HALF - 6}m0-3v-3"
_BROKEN_DOWN = f"v{HALF - 6}m0 3v3"
_TOLD_MAX = 4  # spells in the tooltip


def draw_lane(parent: Element, lane: Lane, layout: Layout, document: RunDocument) -> None:
    """Draw the bars and the connection of one client or server."""
    scale = layout.scale
    group = element(parent, "g", "lane")
    line(group, "rule", (scale.left, lane.top()), (scale.right(), lane.top()))
    density, width = lane.density, document.bucket_ns
    up = _Bars(scale, lane.base - 1.5, width, -HALF / _full(density.published))
    down = _Bars(scale, lane.base + 1.5, width, HALF / _full(density.delivered))
    up.draw(group, "published", density.published)
    up.draw(group, "unreached", density.unreached)
    down.draw(group, "delivered", density.delivered)
    untold = scale.x(lane.untold_ns)
    line(group, "apart", (scale.left, lane.base), (untold, lane.base))
    if untold < scale.right():
        line(group, "untold", (untold, lane.base), (scale.right(), lane.base))
    if lane.spells:
        path = "".join(_joined(spell, lane, scale) for spell in lane.spells)
        told = [_told(spell, lane, scale) for spell in lane.spells[:_TOLD_MAX]]
        more = len(lane.spells) - len(told)
        joined = element(group, "path", "joined", {"d": path})
        tooltip(joined, "; ".join(told) + (f"; {more} more" if more else ""))


def _joined(spell: Spell, lane: Lane, scale: Scale) -> str:
    begin, y = tenth(scale.x(spell.begin_ns)), tenth(lane.base)
    end = tenth(scale.right() if spell.end_ns is None else scale.x(spell.end_ns))
    path = f"M{begin} {y}H{end}"
    if spell.begin_ns > scale.origin_ns:
        path += f"M{begin} {y}{_NOTCH}"
    if spell.end_ns is not None and spell.end_ns < scale.end_ns:
        path += f"M{end} {y}{_NOTCH}"
    return path


def _told(spell: Spell, lane: Lane, scale: Scale) -> str:
    begin = seconds(spell.begin_ns - scale.origin_ns)
    end = "the end" if spell.end_ns is None else f"{seconds(spell.end_ns - scale.origin_ns)} s"
    server = f" with {spell.server}" if lane.is_client and spell.server else ""
    return f"{spell.conn}{server} from {begin} s to {end}"


def _full(numbers: Sequence[int]) -> int:
    """Give the number whose bar has full length: the greatest, unless it dwarfs the usual ones."""
    usual = sorted(number for number in numbers if number)
    return min(usual[-1], _USUAL_TIMES * usual[len(usual) // 2]) if usual else 1


class _Bars:
    """Bars that stand on base; step: how much one message adds, upwards when negative."""

    def __init__(self, scale: Scale, base: float, bucket_ns: int, step: float) -> None:
        self.scale = scale
        self.base = base
        self.bucket_ns = bucket_ns
        self.step = step

    def draw(self, parent: Element, css: str, numbers: Sequence[int]) -> None:
        """Draw the bars, as thick strokes of one path; nothing when all numbers are 0."""
        path = "".join(self._bar(n, number) for n, number in enumerate(numbers) if number)
        if path:
            width = max(0.5, self.scale.x(self.bucket_ns) - self.scale.left - _GAP)
            place = f"translate(0 {tenth(self.base)})"
            attributes = {"d": path, "stroke-width": tenth(width), "transform": place}
            element(parent, "path", f"bars {css}", attributes)

    def _bar(self, n: int, number: int) -> str:
        middle = self.scale.x(n * self.bucket_ns + self.bucket_ns // 2)
        height = number * self.step
        if abs(height) < _SHORTEST:
            height = copysign(_SHORTEST, height)
        if abs(height) > HALF + 0.01:
            return f"M{tenth(middle)} 0{_BROKEN_UP if height < 0 else _BROKEN_DOWN}"
        return f"M{tenth(middle)} 0v{tenth(height)}"
