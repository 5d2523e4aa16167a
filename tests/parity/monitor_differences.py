"""Where two answers of monitors differ, but for what cannot be the same in two servers."""

from __future__ import annotations

import json
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

VOLATILE = {
    # Of each server and each moment.
    "server_id", "server_name", "now", "start", "stop", "last_activity", "rtt", "uptime", "idle",
    "port", "http_port", "config_load_time", "config_digest", "update_time", "mem", "cpu",
    # Of Go and of Python.
    "go", "gomaxprocs",
    # A real server has subscriptions and connections of its own, which answer on $SYS.
    "cid", "num_subscriptions", "num_inserts", "num_removes", "total_connections",
    # What is remembered of matches, and for how long, is each server's own affair.
    "num_cache", "num_matches", "cache_hit_rate", "max_fanout", "avg_fanout",
    # INFO is of another length.
    "pending_bytes",
}  # fmt: skip

VOLATILE_PATHS = {
    # A real server counts its own with those of its clients.
    ".subscriptions",
    ".account_detail.subscriptions",
}

REAL_ONLY = {
    "git_commit",  # ours is not built from one
    "feature_flags",  # of JetStream, all of them
}

UNORDERED = ("accounts", "account_statz", "imports", "exports", "subscriptions_list",
             "subscriptions_list_detail", "approved_accounts")  # fmt: skip
"""Lists that a real server fills from its maps, in any order."""


def differences(real: str, ours: str) -> list[str]:
    """Compare two answers in JSON: keys and their order, types, and values that can be the same."""
    return _compare("", _without_internal(json.loads(real)), _without_internal(json.loads(ours)))


def _without_internal(value: Json) -> Json:
    """Leave out the subjects on which a server answers its clients, and lists of nothing else."""
    if isinstance(value, list):
        return [_without_internal(each) for each in value if not _is_internal(each)]
    if isinstance(value, dict):
        kept = {key: _without_internal(each) for key, each in value.items()}
        return {key: each for key, each in kept.items() if each != [] or value[key] == []}
    return value


def _compare(path: str, real: Json, ours: Json) -> list[str]:
    if isinstance(real, dict) and isinstance(ours, dict):
        return _compare_objects(path, real, ours)
    if isinstance(real, list) and isinstance(ours, list):
        return _compare_lists(path, real, ours)
    if _type(real) != _type(ours):
        return [f"{path}: {real!r} is not of the type of {ours!r}"]
    # How often the monitor was asked depends on how long something took.
    is_volatile = (
        path.rpartition(".")[2] in VOLATILE
        or path in VOLATILE_PATHS
        or path.startswith(".http_req_stats.")
    )
    if not is_volatile and real != ours:
        return [f"{path}: {real!r}, ours {ours!r}"]
    return []


def _compare_objects(path: str, real: dict[str, Json], ours: dict[str, Json]) -> list[str]:
    keys = [key for key in real if key not in REAL_ONLY]
    if keys != list(ours):
        return [f"{path}: keys {keys}, ours {list(ours)}"]
    return [found for key in keys for found in _compare(f"{path}.{key}", real[key], ours[key])]


def _compare_lists(path: str, real: list[Json], ours: list[Json]) -> list[str]:
    if path.endswith(UNORDERED):
        real, ours = sorted(real, key=_sorting), sorted(ours, key=_sorting)
    if len(real) != len(ours):
        return [f"{path}: {real}, ours {ours}"]
    pairs = zip(real, ours, strict=True)
    return [found for one, other in pairs for found in _compare(path, one, other)]


def _is_internal(each: Json) -> bool:
    return isinstance(each, dict) and str(each.get("subject", "")).startswith("$SYS.")


def _sorting(each: Json) -> str:
    if not isinstance(each, dict):
        return str(each)
    return json.dumps({key: value for key, value in each.items() if key not in VOLATILE})


def _type(value: Json) -> str:
    # To JSON, 1 and 1.5 are of one type.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return "number" if is_number else type(value).__name__
