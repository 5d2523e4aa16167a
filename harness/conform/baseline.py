"""What got better and what broke since an earlier report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from natsim.conformance.mistake import CaseError

from .document import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_GOOD = ("pass", "lenient")


def load_baseline(path: Path) -> dict[str, list[str]]:
    """Read the grades of a report by id of the case, one per server. Raises CaseError."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CaseError(path, 0, 0, f"it cannot be read: {error}") from None
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise CaseError(path, 0, 0, "it is no report of the suite; give its conformance.json")
    try:
        return {
            str(case["id"]): [str(result["grade"]) for result in case["results"]]
            for case in value["cases"]
        }
    except (KeyError, TypeError):
        raise CaseError(path, 0, 0, "it is damaged: its cases cannot be read") from None


def mark_changes(document: dict[str, object], baseline: Mapping[str, list[str]]) -> None:
    """Write into a document how each result compares with that of the same server before.

    Servers are compared in order; one more than before with the last of them.
    """
    cases = document["cases"]
    assert isinstance(cases, list), "the document is ours"
    ids: list[str] = []
    for case in cases:
        ids.append(str(case["id"]))
        before = baseline.get(ids[-1])
        for number, result in enumerate(case["results"]):
            if not before:
                result["change"] = "new"
            else:
                result["change"] = _change(before[min(number, len(before) - 1)], result["grade"])
    document["gone"] = [
        {"id": name, "was": grades[0] if grades else ""}
        for name, grades in baseline.items()
        if name not in ids
    ]


def _change(before: str, now: str) -> str:
    if before in _GOOD and now in ("fail", "unknown"):
        return "broke"
    if before in ("fail", "unknown") and now in _GOOD:
        return "better"
    return ""
