"""One HTTP request that wants to open a WebSocket, as nats-server looks at it."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import h11


class Request:
    """path: as written, without the query. host: `host[:port]`, empty for none."""

    def __init__(self, event: h11.Request) -> None:
        self.method = event.method.decode()
        self._headers: dict[str, list[str]] = {}
        for name, value in event.headers:
            self._headers.setdefault(name.decode(), []).append(value.decode("latin-1"))
        target = event.target.decode("latin-1")
        if target.startswith("/"):
            self.path, self.host = target.partition("?")[0], self.first("host")
        else:
            parts = urlsplit(target)
            self.path, self.host = parts.path, parts.netloc or self.first("host")

    def first(self, name: str) -> str:
        """Give the first value of a header, empty for none. name: in lower case."""
        return self._headers.get(name, [""])[0]

    def has_token(self, name: str, token: str) -> bool:
        """Tell whether a header's list has an element. token: in lower case."""
        return any(
            element.strip(" \t").lower() == token
            for value in self._headers.get(name, [])
            for element in value.split(",")
        )

    def offers(self, extension: str) -> bool:
        """Tell whether an extension is offered, with whatever parameters."""
        return any(
            parameter.strip(" \t").lower() == extension
            for value in self._headers.get("sec-websocket-extensions", [])
            for offer in value.split(",")
            for parameter in offer.split(";")
        )

    def cookies(self) -> dict[str, str]:
        """Give the cookies by name; the last of a name counts."""
        found: dict[str, str] = {}
        for value in self._headers.get("cookie", []):
            for cookie in value.split(";"):
                name, equals, content = cookie.strip(" \t").partition("=")
                if name and equals:
                    found[name] = _unquoted(content)
        return found

    def forwarded_for(self) -> str:
        """Give the address that a proxy names; empty for none or for a list of them."""
        address = self.first("x-forwarded-for")
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return ""
        return "" if "%" in address else address


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
