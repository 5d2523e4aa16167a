"""A history file to entries, strict about what it knows and blind to keys it does not."""

import json
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedIOBase
from pathlib import Path
from typing import TypeGuard, get_args

from natsim.record import record

from .entry import (
    SCHEMA,
    Changed,
    Completed,
    ConnectionChange,
    Delivered,
    Entry,
    Faulted,
    Invoked,
    Json,
    Marked,
    OperationKind,
    OpError,
    Outcome,
    Phase,
)
from .errors import BadLine
from .header import Header
from .limits import ENTRIES_MAX, LINE_BYTES_MAX
from .members import Shape, fits, problem_of

_OPERATIONS = frozenset(get_args(OperationKind))
_CHANGES = frozenset(get_args(ConnectionChange))
_PHASES = frozenset(phase.value for phase in Phase)


@record
class History:
    """A history as it was read.

    is_truncated: the last line was cut off by an interruption and is left out.
    """

    header: Header
    entries: list[Entry]
    is_truncated: bool


def read_history(path: Path) -> History:
    """Read a history file.

    Raises BadLine for the first line that is not as docs/reference/history.md says; a last line
    without its end is what an interrupted run leaves behind, and no error. Raises OSError.
    """
    with path.open("rb") as file:
        return parse_history(_lines(file), str(path))


def parse_history(lines: Iterable[bytes], name: str) -> History:
    """Parse the lines of a history, each with its line end.

    name: of the file, for messages. Raises BadLine.
    """
    header: Header | None = None
    entries: list[Entry] = []
    for number, line in enumerate(lines, 1):
        try:
            members = _object(line)
            if header is None:
                header = _header(members)
            else:
                entries.append(_entry(members, len(entries)))
        except _Problem as problem:
            # Whoever writes a line writes its end last, so only a cut line has none.
            if header is not None and not line.endswith(b"\n"):
                return History(header, entries, is_truncated=True)
            raise BadLine(name, number, str(problem)) from None
    if header is None:
        raise BadLine(name, 1, f"the file is empty; its first line must be a {SCHEMA} header")
    return History(header, entries, is_truncated=False)


class _Problem(Exception):
    """What is wrong with the line being read."""


def _lines(file: BufferedIOBase) -> Iterator[bytes]:
    # One byte more than allowed tells a line that is too long; `_object` refuses it.
    while line := file.readline(LINE_BYTES_MAX + 1):
        yield line


def _object(line: bytes) -> Mapping[str, Json]:
    if len(line) > LINE_BYTES_MAX:
        raise _Problem(f"the line is longer than {LINE_BYTES_MAX} bytes")
    try:
        members: Json = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _Problem(f"the line is not JSON: {error}") from None
    if not isinstance(members, dict):
        raise _Problem("the line is not a JSON object")
    return members


def _header(members: Mapping[str, Json]) -> Header:
    schema = members.get("schema")
    if schema != SCHEMA:
        raise _Problem(f"`schema` is {schema!r}; it must be {SCHEMA!r}")
    versions = _mapping(members, "versions")
    return Header(
        stage=_text(members, "stage"),
        versions={name: _text(versions, name) for name in versions},
        plan_digest=_text(members, "plan_digest"),
    )


def _entry(members: Mapping[str, Json], index: int) -> Entry:
    if index >= ENTRIES_MAX:
        raise _Problem(f"the history has more than {ENTRIES_MAX} entries")
    if _count(members, "i") != index:
        raise _Problem(f"`i` is {members['i']!r}; it must be {index}, lines may not be left out")
    t = _count(members, "t")
    kind = _text(members, "type")
    match kind:
        case "invoke":
            return _invoked(members, t)
        case "ok" | "fail" | "info":
            return _completed(members, t, Outcome(kind))
        case "observe":
            return _observed(members, t)
        case "fault":
            return _faulted(members, t)
        case "phase":
            return _marked(members, t)
        case _:
            raise _Problem(
                f"`type` is {kind!r}; it must be invoke, ok, fail, info, observe, fault or phase"
            )


def _invoked(members: Mapping[str, Json], t: int) -> Invoked:
    f = _operation(members)
    value = _mapping(members, "value")
    _require(value, "invoke", f)
    return Invoked(t, _text(members, "process"), _text(members, "op"), f, value)


def _completed(members: Mapping[str, Json], t: int, outcome: Outcome) -> Completed:
    f = _operation(members)
    value = _mapping(members, "value")
    _require(value, outcome.value, f)
    process, op = _text(members, "process"), _text(members, "op")
    error = _op_error(_mapping(members, "error"), outcome) if "error" in members else None
    return Completed(t, process, op, f, outcome, value, error)


def _op_error(members: Mapping[str, Json], outcome: Outcome) -> OpError:
    kind = _text(members, "kind")
    # The two can only disagree by a mistake of the writer, and a checker would be misled.
    if kind != ("definite" if outcome is Outcome.FAIL else "indefinite"):
        raise _Problem(f"`error.kind` is {kind!r}, which does not go with type {outcome.value!r}")
    return OpError(kind == "definite", _text(members, "code"), _text(members, "text"))


def _observed(members: Mapping[str, Json], t: int) -> Delivered | Changed:
    f = _text(members, "f")
    process, conn = _text(members, "process"), _text(members, "conn")
    if f == "deliver":
        return Delivered(
            t,
            process,
            conn,
            _text(members, "sub"),
            _text(members, "subject"),
            _text_or_none(members, "msg"),
            _count(members, "size"),
            _text(members, "sha"),
            _text_or_none(members, "reply"),
        )
    if not _is_change(f):
        raise _Problem(f"`f` is {f!r}; an observation is deliver, {', '.join(sorted(_CHANGES))}")
    _require(members, "observe", f)
    known = {"i", "t", "type", "f", "process", "conn"}
    value = {key: member for key, member in members.items() if key not in known}
    return Changed(t, process, f, conn, value)


def _faulted(members: Mapping[str, Json], t: int) -> Faulted:
    phase = _text(members, "phase")
    if phase not in ("begin", "end"):
        raise _Problem(f"`phase` is {phase!r}; a fault's is begin or end")
    return Faulted(
        t,
        _text(members, "id"),
        _text(members, "f"),
        phase == "begin",
        _mapping(members, "achieved"),
    )


def _marked(members: Mapping[str, Json], t: int) -> Marked:
    phase = _text(members, "phase")
    if phase not in _PHASES:
        raise _Problem(f"`phase` is {phase!r}; it must be setup, workload, settle or end")
    return Marked(t, Phase(phase))


def _operation(members: Mapping[str, Json]) -> OperationKind:
    f = _text(members, "f")
    if not _is_operation(f):
        raise _Problem(f"`f` is {f!r}; an operation is {', '.join(sorted(_OPERATIONS))}")
    return f


def _is_operation(f: str) -> TypeGuard[OperationKind]:
    return f in _OPERATIONS


def _is_change(f: str) -> TypeGuard[ConnectionChange]:
    return f in _CHANGES


def _require(value: Mapping[str, Json], type_: str, f: str) -> None:
    problem = problem_of(value, type_, f)
    if problem is not None:
        raise _Problem(problem)


def _mapping(members: Mapping[str, Json], key: str) -> dict[str, Json]:
    member = _member(members, key)
    if not isinstance(member, dict):
        raise _Problem(f"`{key}` is {member!r}; it must be an object")
    return member


def _text(members: Mapping[str, Json], key: str) -> str:
    member = _member(members, key)
    if not isinstance(member, str):
        raise _Problem(f"`{key}` is {member!r}; it must be {Shape.TEXT.value}")
    return member


def _text_or_none(members: Mapping[str, Json], key: str) -> str | None:
    member = members.get(key)
    if member is not None and not isinstance(member, str):
        raise _Problem(f"`{key}` is {member!r}; it must be {Shape.TEXT_OR_NULL.value}")
    return member


def _count(members: Mapping[str, Json], key: str) -> int:
    member = _member(members, key)
    if not isinstance(member, int) or not fits(member, Shape.COUNT):
        raise _Problem(f"`{key}` is {member!r}; it must be {Shape.COUNT.value}")
    return member


def _member(members: Mapping[str, Json], key: str) -> Json:
    try:
        return members[key]
    except KeyError:
        raise _Problem(f"`{key}` is missing") from None
