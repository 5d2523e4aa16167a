"""Imports that would lead back to where they began are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pattern import do_overlap, is_subset

if TYPE_CHECKING:
    from .account import Account


def is_stream_cycle(importer: Account, exporter: Account, subject: bytes) -> bool:
    """Tell whether messages on a subject that come from exporter may have begun at importer."""
    return _leads_back(exporter, subject, {importer.name}, is_stream=True)


def is_service_cycle(importer: Account, exporter: Account, subject: bytes) -> bool:
    """Tell whether requests to a subject that go to exporter may come back to importer."""
    return _leads_back(exporter, subject, {importer.name}, is_stream=False)


def _leads_back(account: Account, subject: bytes, passed: set[str], *, is_stream: bool) -> bool:
    tokens = subject.split(b".")
    if is_stream and account.exports.stream(subject) is None:
        return False
    for exporter, reached, renamed in _imports(account, is_stream=is_stream):
        if not do_overlap(tokens, reached.split(b".")):
            continue
        if exporter.name in passed:
            return True
        passed.add(account.name)
        further = renamed if is_subset(renamed.split(b"."), tokens) else subject
        if _leads_back(exporter, further, passed, is_stream=is_stream):
            return True
    return False


def _imports(account: Account, *, is_stream: bool) -> list[tuple[Account, bytes, bytes]]:
    """List whom an account imports from, what of a subject that concerns, and what it becomes."""
    if is_stream:
        return [(each.exporter, each.to, each.to) for each in account.streams]
    return [(each.exporter, each.subject, each.pattern) for each in account.imported_services]
