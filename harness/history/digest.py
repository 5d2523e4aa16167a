"""The digest of a history: equal for equal runs, on every machine and Python."""

from collections.abc import Iterable
from hashlib import blake2b
from json import JSONEncoder

from .entry import Changed, Completed, Delivered, Entry, Faulted, Invoked, Marked
from .write import entry_object

DIGEST_BYTES = 16

_encode = JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def history_digest(entries: Iterable[Entry]) -> str:
    """Hash the entries in an order of their own, hexadecimal.

    The order is by t, process, operation, type and then text: what happened in one instant may be
    seen in another order under another Python, and is the same history all the same.
    """
    lines = [(*_place(entry), _encode(entry_object(entry))) for entry in entries]
    lines.sort()
    digest = blake2b(digest_size=DIGEST_BYTES)
    for *_, line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _place(entry: Entry) -> tuple[int, str, str, str]:
    match entry:
        case Delivered() | Changed():
            return entry.t, entry.process, "", "observe"
        case Invoked():
            return entry.t, entry.process, entry.op, "invoke"
        case Completed():
            return entry.t, entry.process, entry.op, entry.outcome.value
        case Faulted():
            return entry.t, "", entry.fault, "fault"
        case Marked():
            return entry.t, "", "", "phase"
