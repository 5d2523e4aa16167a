"""Accounts: subjects of their own, what they give to others and take from them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from .permissions import Permissions

GLOBAL_ACCOUNT = "$G"
SYSTEM_ACCOUNT = "$SYS"

UNLIMITED = -1


class ResponseType(StrEnum):
    """How many answers a service gives to a request."""

    SINGLETON = "Singleton"
    STREAM = "Stream"
    CHUNKED = "Chunked"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamExport:
    """Messages others may receive. accounts: who may import it, empty for everyone.

    token_position: 1-based token that must be the importer's name, 0 for none.
    """

    subject: bytes
    accounts: tuple[str, ...] = ()
    token_position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceExport:
    """Requests others may send. threshold_ns: 0 for the default of two minutes."""

    subject: bytes
    accounts: tuple[str, ...] = ()
    token_position: int = 0
    response_type: ResponseType = ResponseType.SINGLETON
    threshold_ns: int = 0
    latency_subject: bytes = b""
    latency_sampling: int = 100


Export: TypeAlias = StreamExport | ServiceExport


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamImport:
    """Messages taken from another account. prefix, to: where they appear; at most one is set."""

    account: str
    subject: bytes
    prefix: bytes = b""
    to: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceImport:
    """Requests sent to another account.

    subject: there. to: here, empty for the same. share: tell the responder who asks.
    """

    account: str
    subject: bytes
    to: bytes = b""
    share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where a mapping sends a part of what is published. weight: 0 to 100, in percent."""

    subject: bytes
    weight: int = 100
    cluster: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Publications to source go to one of the destinations instead."""

    source: bytes
    destinations: tuple[Destination, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """The limits of an account; UNLIMITED for none."""

    max_connections: int = UNLIMITED
    max_subscriptions: int = UNLIMITED
    max_payload: int = UNLIMITED
    max_leafnodes: int = UNLIMITED


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOptions:
    """One account of the configuration. nkey: its public key, empty for none.

    name_tag: what people call it where its name is a key, empty for its name.
    """

    name: str
    name_tag: str = ""
    nkey: str = ""
    exports: tuple[Export, ...] = ()
    stream_imports: tuple[StreamImport, ...] = ()
    service_imports: tuple[ServiceImport, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    limits: AccountLimits = AccountLimits()
    default_permissions: Permissions | None = None
