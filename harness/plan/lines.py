"""The file of operations: JSON Lines, one operation a line, marked by its line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from natsim.scenarios.document import Document, Mark, Value
from natsim.scenarios.fit import fit
from natsim.scenarios.limits import MISTAKES_MAX, OPERATIONS_MAX
from natsim.scenarios.mistake import Mistake, ScenarioError, in_order

from .schema import PlannedOperation

LINE_BYTES_MAX = 64 * 2**10


def read_operations(path: Path) -> list[tuple[PlannedOperation, Document]]:
    """Read each line of a file; empty lines are passed over.

    Raises ScenarioError with every mistake of the file, of which at most some hundred are sought.
    """
    operations: list[tuple[PlannedOperation, Document]] = []
    mistakes: list[Mistake] = []
    for number, octets in _lines(path):
        if len(operations) >= OPERATIONS_MAX:
            text = f"there are more than {OPERATIONS_MAX} operations; write fewer"
            mistakes.append(Mistake(path=str(path), line=number, text=text))
        if len(mistakes) > MISTAKES_MAX or len(operations) >= OPERATIONS_MAX:
            break
        read = _document(octets, number, path)
        if isinstance(read, Mistake):
            mistakes.append(read)
            continue
        fitted = fit(PlannedOperation, read, {})
        mistakes += fitted.mistakes
        if fitted.written is not None and not fitted.mistakes:
            operations.append((fitted.written, read))
    if mistakes:
        raise ScenarioError(in_order(mistakes))
    return operations


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not empty with its number, cut after LINE_BYTES_MAX."""
    try:
        with path.open("rb") as file:
            number = 0
            while octets := file.readline(LINE_BYTES_MAX + 1):
                number += 1
                if octets.strip():
                    yield number, octets
                while len(octets) > LINE_BYTES_MAX and not octets.endswith(b"\n"):
                    octets = file.readline(LINE_BYTES_MAX + 1)
    except OSError as error:
        text = f"it cannot be read: {error.strerror}; put it beside the plan"
        raise ScenarioError([Mistake(path=str(path), text=text)]) from error


def _document(octets: bytes, number: int, path: Path) -> Document | Mistake:
    if len(octets) > LINE_BYTES_MAX:
        return _wrong(path, number, f"the line is longer than {LINE_BYTES_MAX // 1024} KiB")
    try:
        # json.loads gives what a document may hold, and nothing else.
        value = cast("Value", json.loads(octets.decode(), object_pairs_hook=_unique))
    except UnicodeDecodeError:
        return _wrong(path, number, "it is not UTF-8")
    except _TwiceError as error:
        return _wrong(path, number, f"{error} is written twice")
    except (ValueError, RecursionError):
        return _wrong(path, number, "it is not JSON")
    return Document(path=str(path), value=value, values={(): Mark(number, None)})


def _wrong(path: Path, number: int, what: str) -> Mistake:
    text = f"{what}; write one operation a line, in JSON"
    return Mistake(path=str(path), line=number, text=text)


class _TwiceError(Exception):
    """A key is there twice."""


def _unique(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
    items = dict(pairs)
    if len(items) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return items
