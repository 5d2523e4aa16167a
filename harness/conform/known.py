"""Failures that are known: they are run all the same, and an unexpected pass is loud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from natsim.conformance.mistake import CaseError
from natsim.conformance.suite import has_prefix
from natsim.conformance.transcripts.front_matter import read_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from natsim.conformance.suite import Suite


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFailure:
    """reason: why it fails. expires: the last day on which it is excused; None for ever."""

    reason: str
    expires: date | None


def load_known_failures(path: Path, suite: Suite) -> dict[str, KnownFailure]:
    """Read `id: {reason: text, expires: 2027-01-31}`; gives them by id. Raises CaseError."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(path, 0, 0, f"it cannot be read: {error}") from None
    values, lines = read_mapping(text, path)
    known: dict[str, KnownFailure] = {}
    for name, value in values.items():
        found = [case for case in suite.cases if has_prefix(case, name)]
        if not found:
            raise CaseError(path, lines[name], 1, f"no case begins with {name}; leave it out")
        entry = _entry(name, value, path, lines[name])
        known |= dict.fromkeys(found, entry)
    return known


def _entry(name: str, value: object, path: Path, line: int) -> KnownFailure:
    if not isinstance(value, dict) or not isinstance(value.get("reason"), str):
        raise CaseError(path, line, 1, f"{name}: write {{reason: why, expires: 2027-01-31}}")
    for key in value:
        if key not in ("reason", "expires"):
            raise CaseError(path, line, 1, f"{name}: {key} is no key; write reason and expires")
    expires = value.get("expires")
    if expires is None:
        return KnownFailure(reason=value["reason"], expires=None)
    try:
        return KnownFailure(reason=value["reason"], expires=date.fromisoformat(str(expires)))
    except ValueError:
        raise CaseError(
            path, line, 1, f"{name}: expires is {expires!r}; write a date like 2027-01-31"
        ) from None


def mark_known(document: dict[str, object], known: Mapping[str, KnownFailure], today: date) -> None:
    """Write into a document what was known of each result."""
    for case in _list(document["cases"]):
        entry = known.get(str(case["id"]))
        if entry is None:
            continue
        for result in _list(case["results"]):
            has_failed = result["grade"] in ("fail", "unknown")
            is_expired = entry.expires is not None and today > entry.expires
            state = "expected" if has_failed else "unexpected pass"
            if result["grade"] == "skipped":
                state = "expected"
            elif has_failed and is_expired:
                state = "expired"
            result["known"] = {
                "reason": entry.reason,
                "expires": entry.expires.isoformat() if entry.expires else "",
                "state": state,
            }


def _list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list), "the document is ours"
    return value
