"""The time line: one picture of a run, as inline SVG.

A lane per client and per server; over the lanes the faults as bands, on each lane the density of
its messages (published upwards, delivered downwards) and when it was connected; above them the
phases, the faults by name, and the anomalies as links to their cards. Laws of the folder: the
picture holds numbers, names and classes only, colours are the style sheet's; what a colour says is
also said by a pattern, a place or a word.
"""

from .bands import KINDS, kind_class
from .picture import draw_timeline

__all__ = ["KINDS", "draw_timeline", "kind_class"]
