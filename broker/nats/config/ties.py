"""Whether what accounts take from each other is given, and does not run in a circle."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from natsim.broker.nats.options import (
    AccountOptions,
    ResponseType,
    ServiceExport,
    ServiceImport,
    StreamExport,
    StreamImport,
)
from natsim.broker.nats.quote import quoted
from natsim.broker.nats.transform import MappingError, read_import_transform, tokenized, untokenized

from .source import bytes_of, text_of
from .subject import collides, is_literal, is_subject, is_subset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from natsim.broker.nats.options import Export

T = TypeVar("T")

_CYCLE_DEPTH_MAX = 400
_INVALID_SUBJECT = "sublist: invalid subject"


class TieError(ValueError):
    """An export or an import cannot be; str() is what nats-server says of it."""


@dataclass(slots=True)
class _Give:
    """Who may take a subject. accounts: None for everyone."""

    accounts: tuple[str, ...] | None = None
    token_position: int = 0
    response_type: ResponseType = ResponseType.SINGLETON


@dataclass(slots=True)
class _Take:
    """One import that is in order. there: the subject in that account. here: in ours."""

    account: _Account
    there: str
    here: str


@dataclass(slots=True)
class _Account:
    name: str
    streams: dict[str, _Give] = field(default_factory=dict[str, _Give])
    services: dict[str, _Give] = field(default_factory=dict[str, _Give])
    stream_imports: list[_Take] = field(default_factory=list["_Take"])
    service_imports: list[_Take] = field(default_factory=list["_Take"])


class Ties:
    """The exports and imports of all accounts, added one by one as nats-server does."""

    def __init__(self, names: Iterable[str], *, has_system_account: bool) -> None:
        self._accounts = {name: _Account(name) for name in names}
        self._has_system_account = has_system_account

    def add_all(self, accounts: Iterable[AccountOptions]) -> list[str]:
        """Add what all of them give, then what they take; give what is wrong with it."""
        found: list[str] = []
        known = list(accounts)
        exports = [(account.name, one) for account in known for one in account.exports]
        # Nothing can be taken before everything is given, streams before services.
        for name, export in sorted(exports, key=lambda pair: isinstance(pair[1], ServiceExport)):
            found += self._unknown_importers(export)
            found += _says(self._give, name, export)
        for account in known:
            for stream in account.stream_imports:
                found += _says(self._take_stream, account.name, stream)
        for account in known:
            for service in account.service_imports:
                found += _says(self._take_service, account.name, service)
        return found

    def _unknown_importers(self, export: Export) -> list[str]:
        kind = "stream" if isinstance(export, StreamExport) else "service"
        return [
            f"{quoted(name)} account not defined for {kind} export"
            for name in export.accounts
            if name not in self._accounts
        ]

    def _give(self, name: str, export: Export) -> None:
        account = self._accounts[name]
        subject = text_of(export.subject)
        is_stream = isinstance(export, StreamExport)
        gives = account.streams if is_stream else account.services
        give = gives.get(subject, _Give())
        known = tuple(one for one in export.accounts if one in self._accounts)
        if known or export.token_position:
            tokens = subject.split(".")
            at = export.token_position
            if at and (at < 0 or len(tokens) < at or tokens[at - 1] != "*"):
                kind = "stream" if is_stream else "service"
                raise TieError(f"Error adding {kind} export {quoted(subject)}: {_INVALID_SUBJECT}")
            give.token_position = at
            give.accounts = (*(give.accounts or ()), *known) or None
        gives[subject] = give
        if isinstance(export, ServiceExport):
            if export.response_type is not ResponseType.SINGLETON:
                give.response_type = export.response_type
            self._track(account, subject, give, text_of(export.latency_subject))

    def _track(self, account: _Account, subject: str, give: _Give, results: str) -> None:
        if not results:
            return
        if not self._has_system_account:
            raise TieError(
                f"Error adding service latency sampling for {quoted(subject)}: "
                "system account not setup"
            )
        before = (
            f"Error adding service latency sampling for {quoted(subject)} "
            f"on subject {quoted(results)}: "
        )
        is_service = any(is_subset(results, other) for other in account.services)
        if not is_subject(results) or not is_literal(results) or is_service:
            raise TieError(f"{before}invalid publish subject")
        if give.response_type is not ResponseType.SINGLETON:
            raise TieError(f"{before}bad service response type")

    def _take_stream(self, name: str, one: StreamImport) -> None:
        account, subject = self._accounts[name], text_of(one.subject)
        other = self._accounts.get(one.account)
        if other is None:
            raise TieError(f"{quoted(one.account)} account not defined for stream import")
        here = text_of(one.to) or subject
        try:
            if not is_subject(subject) or not _is_given(other.streams, subject, account):
                raise TieError("stream import not authorized")
            if one.prefix:
                prefix = text_of(one.prefix)
                if not is_literal(prefix):
                    raise TieError("stream import prefix can not contain wildcard tokens")
                here = f"{prefix.removesuffix('.')}.{subject}"
            for pattern in (here, subject):
                _check_stream_cycle(other, pattern, {account.name})
            here = _stream_target(subject, here)
            if any(
                take.account is other and take.there == subject for take in account.stream_imports
            ):
                raise TieError("stream import already exists")
        except TieError as error:
            raise TieError(f"Error adding stream import {quoted(subject)}: {error}") from error
        account.stream_imports.append(_Take(other, subject, here))

    def _take_service(self, name: str, one: ServiceImport) -> None:
        account, subject = self._accounts[name], text_of(one.subject)
        other = self._accounts.get(one.account)
        if other is None:
            raise TieError(f"{quoted(one.account)} account not defined for service import")
        here = text_of(one.to) or subject
        try:
            if not is_subject(here) or not is_subject(subject):
                raise TieError(_INVALID_SUBJECT)
            if not _is_given(other.services, subject, account):
                raise TieError("service import not authorized")
            pattern = here if is_literal(subject) else _reached(here)
            _check_service_cycle(other, pattern, {account.name})
            here = _service_source(subject, here)
        except (TieError, MappingError) as error:
            raise TieError(f"Error adding service import {quoted(subject)}: {error}") from error
        account.service_imports.append(_Take(other, subject, here))


def _says(add: Callable[[str, T], None], name: str, tie: T) -> list[str]:
    try:
        add(name, tie)
    except TieError as error:
        return [str(error)]
    return []


def _is_given(gives: dict[str, _Give], subject: str, account: _Account) -> bool:
    if subject in gives:
        return _may_take(gives[subject], account, [])
    for pattern, give in gives.items():
        if is_subset(subject, pattern):
            return _may_take(give, account, subject.split("."))
    return False


def _may_take(give: _Give, account: _Account, tokens: list[str]) -> bool:
    at = give.token_position
    if at:
        return at <= len(tokens) and tokens[at - 1] == account.name
    return give.accounts is None or account.name in give.accounts


def _stream_target(there: str, here: str) -> str:
    if is_literal(there) or here == there:
        return here
    try:
        _check_transform(there, here)
    except MappingError as error:
        raise TieError(
            "failed to create mapping transform for stream import subject "
            f"from {quoted(there)} to {quoted(here)}: {error}"
        ) from error
    return _reached(here)


def _service_source(there: str, here: str) -> str:
    if is_literal(there) or there == here:
        return here
    pattern = _reached(there)
    try:
        _check_transform(pattern, here)
    except MappingError as error:
        raise TieError(
            "failed to create mapping transform for service import subject "
            f"from {quoted(here)} to {quoted(pattern)}: {error}"
        ) from error
    return _reached(here)


def _check_transform(source: str, destination: str) -> None:
    # Nothing is rewritten here, so nothing is drawn.
    read_import_transform(bytes_of(source), tokenized(bytes_of(destination)), lambda _: 0)


def _reached(destination: str) -> str:
    pattern, _ = untokenized(bytes_of(destination))
    return text_of(pattern)


def _check_stream_cycle(account: _Account, pattern: str, visited: set[str]) -> None:
    if len(visited) >= _CYCLE_DEPTH_MAX:
        raise TieError("search cycle depth exhausted")
    if not any(collides(pattern, subject) for subject in account.streams):
        return
    for take in account.stream_imports:
        if not collides(pattern, take.here):
            continue
        if take.account.name in visited:
            raise TieError("import forms a cycle")
        visited.add(account.name)
        narrower = take.here if is_subset(take.here, pattern) else pattern
        _check_stream_cycle(take.account, narrower, visited)


def _check_service_cycle(account: _Account, pattern: str, visited: set[str]) -> None:
    if len(visited) >= _CYCLE_DEPTH_MAX:
        raise TieError("search cycle depth exhausted")
    for take in account.service_imports:
        if not collides(pattern, take.there):
            continue
        if take.account.name in visited:
            raise TieError("import forms a cycle")
        visited.add(account.name)
        narrower = take.here if is_subset(take.here, pattern) else pattern
        _check_service_cycle(take.account, narrower, visited)
