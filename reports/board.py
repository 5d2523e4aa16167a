"""The board of a campaign: a small mark for each seed, or for each few, by the worst verdict."""

from xml.etree.ElementTree import Element, SubElement, tostring

from .campaign import CampaignDocument
from .quantity import counted

_COLUMNS = 100
_PITCH = 10
# A class and a shape for each verdict: what a colour says, the shape says too.
_CELLS = {
    "v": ("valid", "m1 1h8v8h-8z"),
    "u": ("unknown", "m5 0l5 10h-10z"),
    "i": ("invalid", "m5-1l6 6-6 6-6-6z"),
}


def draw_board(document: CampaignDocument) -> str:
    """Draw the board as an SVG element for a page of HTML; empty when there is no result."""
    if not document.cells:
        return ""
    rows = -(-len(document.cells) // _COLUMNS)
    size = f"-1 -1 {_COLUMNS * _PITCH + 2} {rows * _PITCH + 2}"
    root = Element("svg", {"class": "board", "viewBox": size, "role": "img"})
    root.set("aria-label", f"Verdicts of {counted(document.cases, 'case')} in the order of seeds")
    for letter, (name, outline) in _CELLS.items():
        path = "".join(
            f"M{n % _COLUMNS * _PITCH} {n // _COLUMNS * _PITCH}{outline}"
            for n, cell in enumerate(document.cells)
            if cell == letter
        )
        if path:
            SubElement(root, "path", {"class": name, "d": path})
    return tostring(root, encoding="unicode")
