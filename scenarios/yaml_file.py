"""YAML files with the types of YAML 1.2's core schema, and a mark for every key and value.

Laws of the file: `on`, `no` and `1:30` are text; anchors, aliases, merge keys, tags, duplicate
keys, keys that are not text and second documents are mistakes; the mistakes of a file are
collected, only broken syntax ends the reading; nothing is recursive beyond NESTING_MAX.
Source: YAML 1.2.2, section 10.3.2. PyYAML reads the syntax; its own types are those of YAML 1.1.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from .document import Document, Mark, Place, Value
from .limits import FILE_BYTES_MAX, NESTING_MAX, VALUES_MAX
from .mistake import Mistake, ScenarioError, in_order, shortened

# PyYAML may be built without its C part; the pure loader is seven times slower.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

INT = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NUMBER_LENGTH_MAX = 1_000

# PyYAML's own reader refuses these, but names no line.
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TOO_DEEP = f"it is nested more than {NESTING_MAX} deep; write it flatter"

_ADVICE = (
    ("alphabetic or numeric", 'put text that begins with * or & in quotes: "*.created"'),
    ("mapping values are not allowed", "put text with ': ' in quotes, and check the indentation"),
    ("',' or '}'", "close the brace, and put text with a brace in quotes"),
    ("',' or ']'", "close the bracket, and put text with a bracket in quotes"),
    ("expected ':'", "write a colon and a space after the key"),
    ("expected key", "check the indentation, and put text that begins with { or [ in quotes"),
    ("block end", "check the indentation, and put text that begins with { or [ in quotes"),
    ("document start", "begin every key of the file in the first column"),
    ("end of stream", "close the quote"),
    ("cannot start any token", "put the text in quotes"),
)


def read_text(path: Path, bytes_max: int = FILE_BYTES_MAX) -> str:
    """Read a file of at most bytes_max.

    Raises ScenarioError if it is missing, not a file, too large or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(bytes_max + 1)
    except FileNotFoundError:
        raise _whole(path, "there is no such file; check the path") from None
    except IsADirectoryError:
        raise _whole(path, "it is a directory; name a file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _whole(path, f"it cannot be read: {reason}") from error
    if len(octets) > bytes_max:
        raise _whole(path, f"it is larger than {bytes_max // 2**20} MiB; write less")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        column = error.start - octets.rfind(b"\n", 0, error.start)
        text = "it is not UTF-8; save the file as UTF-8"
        wrong = Mistake(path=str(path), line=line, column=column, text=text)
        raise ScenarioError([wrong]) from None


def parse_yaml(text: str, path: str, values_max: int = VALUES_MAX) -> Document:
    """Read YAML of at most values_max keys, items and scalars; path is for the mistakes alone.

    Raises ScenarioError if there is no document or its syntax is broken; milder mistakes are in the
    document.
    """
    unreadable = _UNREADABLE.search(text)
    if unreadable is not None:
        raise ScenarioError([_unreadable(text, unreadable.start(), path)])
    reader = _Reader(text, path, values_max)
    try:
        return reader.document()
    except yaml.MarkedYAMLError as error:
        mark = _mark(error.problem_mark or error.context_mark)
        reader.wrong(mark, _syntax(error, _letter(text, mark)))
    except _TooMuchError as error:
        reader.wrong(error.mark, error.text)
    raise ScenarioError(in_order(reader.mistakes)) from None


def core_value(text: str) -> Value:
    """Read a plain scalar by the core schema.

    >>> [core_value(text) for text in ("1", "0x1F", "1e3", "true", "~", "on", "1:30", "10s")]
    [1, 31, 1000.0, True, None, 'on', '1:30', '10s']
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _NUMBER_LENGTH_MAX:
        return text
    if INT.fullmatch(text):
        return int(text)
    if OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    if FLOAT.fullmatch(text):
        return float(text)
    if INFINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


class _TooMuchError(Exception):
    """The file passes a bound; reading on would not be safe."""

    def __init__(self, mark: Mark, text: str) -> None:
        self.mark = mark
        self.text = text
        super().__init__(mark, text)


class _Reader:
    """Builds one document from the parser's events."""

    __slots__ = ("_events", "_keys", "_path", "_values", "_values_max", "mistakes")

    def __init__(self, text: str, path: str, values_max: int) -> None:
        self._values_max = values_max
        # pyright loses the stubs of PyYAML here, mypy does not.
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=LOADER)  # pyright: ignore
        self._path = path
        self._keys: dict[Place, Mark] = {}
        self._values: dict[Place, Mark] = {}
        self.mistakes: list[Mistake] = []

    def wrong(self, mark: Mark, text: str) -> None:
        self.mistakes.append(
            Mistake(path=self._path, line=mark.line, column=mark.column, text=text)
        )

    def document(self) -> Document:
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise ScenarioError([Mistake(path=self._path, text="it is empty; write natsim: 1 ...")])
        value = self._value(next(self._events), ())
        next(self._events)  # the end of the document
        second = next(self._events)
        if not isinstance(second, yaml.StreamEndEvent):
            text = "a second document begins here; one file holds one: remove the line ---"
            self.wrong(_mark(second.start_mark), text)
        return Document(
            path=self._path,
            value=value,
            values=self._values,
            keys=self._keys,
            mistakes=tuple(self.mistakes),
        )

    def _value(self, event: yaml.Event, place: Place) -> Value:
        mark = _mark(event.start_mark)
        self._values[place] = mark
        if len(place) > NESTING_MAX:
            raise _TooMuchError(mark, _TOO_DEEP)
        if len(self._values) > self._values_max:
            raise _TooMuchError(
                mark, f"the file has more than {self._values_max} values; write fewer"
            )
        if isinstance(event, yaml.AliasEvent):
            name = shortened(str(event.anchor))
            text = f"*{name} is an alias, which is not read here; write the value out"
            self.wrong(mark, f'{text}, or a subject in quotes: "*{name}"')
            return None
        self._check_properties(event, mark)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        assert isinstance(event, yaml.ScalarEvent)
        return core_value(event.value) if _is_plain(event) else str(event.value)

    def _check_properties(self, event: yaml.Event, mark: Mark) -> None:
        anchor: str | None = getattr(event, "anchor", None)
        if anchor is not None:
            text = f"&{shortened(anchor)} is an anchor, which is not read here; leave it out"
            self.wrong(mark, text)
        tag: str | None = getattr(event, "tag", None)
        if tag is not None:
            text = f"{shortened(tag)} is a tag, which is not read here; write the plain value"
            self.wrong(mark, text)

    def _sequence(self, place: Place) -> Value:
        items: list[Value] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*place, len(items))))
        return items

    def _mapping(self, place: Place) -> Value:
        items: dict[str, Value] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, place)
            # A pair that is not kept is read all the same, at a place no key of a file can have.
            dropped = key is None or key in items
            inner = (*place, -1 if key is None or dropped else key)
            value = self._value(next(self._events), inner)
            if key is None:
                continue
            if dropped:
                first = self._keys[(*place, key)].line
                text = f"{shortened(key)} is written twice (first in line {first}); keep one"
                self.wrong(_mark(event.start_mark), text)
                continue
            items[key] = value
            self._keys[(*place, key)] = _mark(event.start_mark)
        return items

    def _key(self, event: yaml.Event, place: Place) -> str | None:
        """Return a key; None, with a mistake, for one that is no text."""
        mark = _mark(event.start_mark)
        if not isinstance(event, yaml.ScalarEvent):
            self._value(event, (*place, -1))
            if not isinstance(event, yaml.AliasEvent):
                self.wrong(mark, "a key is one word; write key: value")
            return None
        self._check_properties(event, mark)
        if not _is_plain(event):
            return str(event.value)
        if event.value == "<<":
            self.wrong(mark, "<< is a merge key, which is not read here; write the keys out")
            return None
        key = core_value(event.value)
        if not isinstance(key, str):
            text = f"a key is text; write a word before the colon, not {event.value or 'nothing'}"
            self.wrong(mark, text)
            return None
        return key


def _whole(path: Path, text: str) -> ScenarioError:
    return ScenarioError([Mistake(path=str(path), text=text)])


def _unreadable(text: str, start: int, path: str) -> Mistake:
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    code = f"U+{ord(text[start]):04X}"
    return Mistake(path=path, line=line, column=column, text=f"{code} is no text; remove it")


def _mark(mark: object) -> Mark:
    line: int = getattr(mark, "line", 0)
    column: int = getattr(mark, "column", 0)
    return Mark(line + 1, column + 1)


def _is_plain(event: yaml.ScalarEvent) -> bool:
    # The style of a plain scalar is "" with the C loader, None with the pure one.
    return not event.style


def _letter(text: str, mark: Mark) -> str:
    """Return the letter at a mark, "" at the end of the file."""
    lines = text.splitlines(keepends=True)[mark.line - 1 :][:1]
    return "".join(lines)[(mark.column or 1) - 1 :][:1]


def _syntax(error: yaml.MarkedYAMLError, letter: str) -> str:
    said = f"{error.context or ''} {error.problem or ''}"
    if "nesting depth" in said:  # libyaml may count ahead of us, to a bound of its own
        return _TOO_DEEP
    advice = next((advice for sign, advice in _ADVICE if sign in said), "see the YAML syntax")
    if letter == "\t":
        advice = "indent with spaces, not tabs"
    return (
        f"it is not YAML: {(error.problem or error.context or 'broken syntax').strip()}; {advice}"
    )
