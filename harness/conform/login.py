"""The user's credentials for a server that runs already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urlsplit

from natsim.conformance.credentials.nkey import KeyPair

if TYPE_CHECKING:
    from pathlib import Path

Sign: TypeAlias = Callable[[str], dict[str, object]]
"""Signs a nonce; gives the members of CONNECT that prove who we are."""


class LoginError(Exception):
    """Credentials cannot be read; str() says what to write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLogin:
    """user, password, token: sent as they are. sign: for NKeys and JWTs."""

    user: str | None = None
    password: str | None = None
    token: str | None = None
    sign: Sign | None = None

    def members(self, info: Mapping[str, object]) -> dict[str, object]:
        """Give the members to put into CONNECT; {} if there are none."""
        said: dict[str, object] = {}
        if self.user is not None:
            said["user"] = self.user
            said["pass"] = self.password or ""
        if self.token is not None:
            said["auth_token"] = self.token
        nonce = info.get("nonce")
        if self.sign is not None:
            said |= self.sign(nonce if isinstance(nonce, str) else "")
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUrl:
    """A URL taken apart. wants_tls: written tls://."""

    host: str
    port: int
    user: str | None
    password: str | None
    wants_tls: bool


DEFAULT_PORT = 4222
_SCHEMES = ("nats", "tls")


def parse_url(text: str) -> ServerUrl:
    """Read `nats://user:password@host:port`, or a part of it. Raises LoginError.

    >>> parse_url("demo.nats.io").port, parse_url("tls://[::1]:4333").host
    (4222, '::1')
    """
    written = text if "://" in text else f"nats://{text}"
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError as error:
        raise LoginError(f"{text} is no URL: {error}; write nats://host:4222") from None
    if parts.scheme not in _SCHEMES:
        other = " (WebSocket is not spoken here)" if parts.scheme in ("ws", "wss") else ""
        raise LoginError(f"{text}: the scheme is {parts.scheme}{other}; write nats:// or tls://")
    if not parts.hostname:
        raise LoginError(f"{text} names no host; write nats://host:4222")
    if parts.path not in ("", "/") or parts.query:
        raise LoginError(f"{text}: a server has no path; write nats://host:4222")
    return ServerUrl(
        host=parts.hostname,
        port=DEFAULT_PORT if port is None else port,
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        wants_tls=parts.scheme == "tls",
    )


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def login_of(
    url: ServerUrl,
    *,
    user: str | None = None,
    password: str | None = None,
    token: str | None = None,
    creds: Path | None = None,
    nkey: Path | None = None,
) -> UserLogin:
    """Make the login of a URL and of options, which come first. Raises LoginError."""
    if user is None and token is None and url.user is not None:
        # As in nats-server's own URLs, a user without a password is a token.
        if url.password is None:
            token = url.user
        else:
            user, password = url.user, url.password
    return UserLogin(user=user, password=password, token=token, sign=_sign_of(creds, nkey))


def _sign_of(creds: Path | None, nkey: Path | None) -> Sign | None:
    if creds is not None:
        blocks = _blocks(_read(creds))
        if "JWT" not in blocks or "SEED" not in blocks:
            raise LoginError(f"{creds} is no credentials file: it has no JWT or no seed")
        jwt, pair = blocks["JWT"], _pair(blocks["SEED"], creds)
        return lambda nonce: {"jwt": jwt, "sig": pair.sign_text(nonce)}
    if nkey is not None:
        pair = _pair(_read(nkey).strip(), nkey)
        return lambda nonce: {"nkey": pair.public, "sig": pair.sign_text(nonce)}
    return None


def _pair(seed: str, path: Path) -> KeyPair:
    try:
        return KeyPair.from_seed(seed)
    except ValueError as error:
        raise LoginError(f"{path}: {error}") from None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LoginError(f"{path} cannot be read: {error}") from None


def _blocks(text: str) -> dict[str, str]:
    """Give what stands between `-----BEGIN ... X-----` and `------END`, by the last word of X."""
    blocks: dict[str, str] = {}
    name = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("---") and "BEGIN" in line:
            name = line.strip("-").split()[-1]
        elif line.startswith("---"):
            name = ""
        elif name and line:
            blocks[name] = blocks.get(name, "") + line
    return blocks
