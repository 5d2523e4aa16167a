"""The page at the root: links to all endpoints."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from natsim.broker.nats.identity import LIKE_VERSION

if TYPE_CHECKING:
    from natsim.broker.nats.identity import Identity

_LINKS = (
    ("/varz", "General"),
    ("/connz", "Connections"),
    ("/subsz", "Subscriptions"),
    ("/accountz", "Accounts"),
    ("/accstatz", "Account statistics"),
    ("/routez", "Routes"),
    ("/gatewayz", "Gateways"),
    ("/leafz", "Leaf nodes"),
    ("/jsz", "JetStream"),
    ("/raftz", "Raft groups"),
    ("/healthz", "Health"),
    ("/debug/vars", "Process"),
)

_STYLE = (
    "body{font-family:system-ui,sans-serif;margin:3rem;color:#223}"
    "li{list-style:none;padding:.2rem 0}a{color:#046;text-decoration:none}"
    "a:hover{text-decoration:underline}small{color:#667}"
)


def page(identity: Identity, base_path: str) -> str:
    """Write the page. base_path: what all paths begin with, empty for nothing."""
    links = "".join(
        f'<li><a href="{escape(base_path)}{path}">{name}</a> <small>{path}</small></li>\n'
        for path, name in _LINKS
    )
    name = escape(identity.name)
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        f"<h1>{name}</h1>\n<p>{escape(identity.runtime)}, like nats-server {LIKE_VERSION}</p>\n"
        f"<ul>\n{links}</ul>\n</body>\n</html>\n"
    )
