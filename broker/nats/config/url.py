"""Addresses of other servers, as URLs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from natsim.broker.nats.quote import quoted

from .block import Wrong, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .block import Report
    from .node import Node

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_PORT = re.compile(r"[^/?#]*:[^0-9/?#\]]+[^/?#\]]*$")


def read_url(node: Node, kind: str) -> str:
    """Give a URL. kind: what for, in the message. Raises Wrong."""
    url = text(node).strip()
    if not _is_url(url):
        raise Wrong(f"error parsing {kind} url [{quoted(url)}]", node.place)
    return url


def read_urls(nodes: Sequence[Node], kind: str, report: Report) -> list[str]:
    """Give URLs; wrong ones and doubles are noted and left out. Raises Broken."""
    urls: list[str] = []
    for node in nodes:
        if text(node) in urls:
            report.misused(text(node), f"Duplicate {kind} entry detected", node.place)
            continue
        try:
            urls.append(read_url(node, kind))
        except Wrong as error:
            report.mistakes.append(error.mistake)
    return urls


def _is_url(url: str) -> bool:
    """Tell what Go takes for a URL, which is nearly everything."""
    if any(char < " " or char == "\x7f" for char in url):
        return False
    scheme = _SCHEME.match(url)
    if scheme is None:
        return ":" not in url.split("/")[0]
    _, _, rest = url[scheme.end() :].partition("//")
    authority = re.split(r"[/?#]", rest)[0].rpartition("@")[2]
    return " " not in authority and not _PORT.match(authority)
