"""Entries to JSON lines, one by one or streamed to a file."""

from collections.abc import Sequence
from json import JSONEncoder
from typing import Protocol, assert_never

from .entry import (
    SCHEMA,
    Changed,
    Completed,
    Delivered,
    Entry,
    Faulted,
    Invoked,
    Json,
    Marked,
)
from .header import Header

_encode = JSONEncoder(separators=(",", ":")).encode


class Sink(Protocol):
    """Anything with the write method of a binary file."""

    def write(self, octets: bytes, /) -> object:
        """Take some whole lines."""
        ...


class HistoryWriter:
    """Writes a history to a file as it grows.

    The header is written at once, so the file is a valid history at every moment between writes.
    """

    __slots__ = ("_file", "count")

    def __init__(self, file: Sink, header: Header) -> None:
        self._file = file
        self.count = 0
        file.write(f"{header_line(header)}\n".encode())

    def write(self, entries: Sequence[Entry]) -> None:
        """Append entries, which follow those of earlier calls."""
        lines = [entry_line(index, entry) for index, entry in enumerate(entries, self.count)]
        self.count += len(lines)
        self._file.write("".join([f"{line}\n" for line in lines]).encode())


def header_line(header: Header) -> str:
    """Write the header as JSON, without a line's end."""
    return _encode(
        {
            "schema": SCHEMA,
            "stage": header.stage,
            "versions": dict(header.versions),
            "plan_digest": header.plan_digest,
        }
    )


def entry_line(index: int, entry: Entry) -> str:
    """Write one entry as JSON, in ASCII, without a line's end.

    >>> from .entry import Marked, Phase
    >>> entry_line(7, Marked(t=12, phase=Phase.SETTLE))
    '{"i":7,"t":12,"type":"phase","phase":"settle"}'
    """
    return _encode({"i": index, **entry_object(entry)})


def entry_object(entry: Entry) -> dict[str, Json]:
    """Make the JSON object of an entry, without its index."""
    match entry:
        case Delivered():
            return _delivered_object(entry)
        case Invoked():
            return {
                "t": entry.t,
                "type": "invoke",
                "process": entry.process,
                "op": entry.op,
                "f": entry.f,
                "value": dict(entry.value),
            }
        case Completed():
            return _completed_object(entry)
        case Changed():
            return {
                "t": entry.t,
                "type": "observe",
                "f": entry.change,
                "process": entry.process,
                "conn": entry.conn,
                **entry.value,
            }
        case Faulted():
            return {
                "t": entry.t,
                "type": "fault",
                "id": entry.fault,
                "f": entry.kind,
                "phase": "begin" if entry.is_begin else "end",
                "achieved": dict(entry.achieved),
            }
        case Marked():
            return {"t": entry.t, "type": "phase", "phase": entry.phase.value}
        case _:
            assert_never(entry)


def _completed_object(entry: Completed) -> dict[str, Json]:
    members: dict[str, Json] = {
        "t": entry.t,
        "type": entry.outcome.value,
        "process": entry.process,
        "op": entry.op,
        "f": entry.f,
        "value": dict(entry.value),
    }
    if entry.error is not None:
        members["error"] = {
            "kind": "definite" if entry.error.is_definite else "indefinite",
            "code": entry.error.code,
            "text": entry.error.text,
        }
    return members


def _delivered_object(entry: Delivered) -> dict[str, Json]:
    members: dict[str, Json] = {
        "t": entry.t,
        "type": "observe",
        "f": "deliver",
        "process": entry.process,
        "conn": entry.conn,
        "sub": entry.sub,
        "subject": entry.subject,
        "msg": entry.msg,
        "size": entry.size,
        "sha": entry.sha,
    }
    if entry.reply is not None:
        members["reply"] = entry.reply
    return members
