"""The configuration language of nats-server: from a file to a tree."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, TypeAlias

from .limits import MAX_BYTES, MAX_DEPTH, MAX_INCLUDE_DEPTH, MAX_INCLUDES
from .mistake import ConfigError, Place, refuse
from .node import Node, branch
from .scalar import EndOfText, Nothing, Variable, read_scalar
from .source import END, SPACE, Source, bytes_of, shown, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .node import Value

Read: TypeAlias = "Callable[[str], bytes]"

_BCRYPT = "2a$"
_SEPARATORS = "=:"
_ENVIRONMENT_KEY = "pk"


def parse(path: str, read: Read, environment: Mapping[str, str]) -> dict[str, Node]:
    """Read a file and what it includes to the tree of its options, in their order.

    read: gives a file, or raises OSError. environment: for variables that the file does not set.
    Raises ConfigError.
    """
    tree = _Files(read, environment).parse(path, 0)
    branch(tree, None)
    return tree


class _Files:
    """What all files of a configuration share: where they come from and what is left of bounds."""

    def __init__(self, read: Read, environment: Mapping[str, str]) -> None:
        self._read = read
        self._environment = environment
        self._bytes_left = MAX_BYTES
        self._includes_left = MAX_INCLUDES
        self._being_looked_up: list[str] = []

    def parse(self, path: str, include_depth: int) -> dict[str, Node]:
        try:
            raw = self._read(path)
        except OSError as error:
            raise refuse(os_error_text(path, error)) from error
        self._take(len(raw))
        return _Grammar(Source(text_of(raw), path), self, include_depth).parse()

    def include(self, path: str, include_depth: int) -> dict[str, Node]:
        self._includes_left -= 1
        if self._includes_left < 0:
            raise refuse(f"more than {MAX_INCLUDES} files are included")
        if include_depth > MAX_INCLUDE_DEPTH:
            raise refuse(f"files include each other more than {MAX_INCLUDE_DEPTH} deep")
        return self.parse(path, include_depth)

    def from_environment(self, name: str) -> Value | None:
        """Give the value of an environment variable, read as a configuration."""
        if name in self._being_looked_up:
            raise refuse(f"variable reference cycle for '{name}'")
        text = self._environment.get(name)
        if text is None:
            return None
        self._take(len(text))
        self._being_looked_up.append(name)
        try:
            source = Source(f"{_ENVIRONMENT_KEY}={text}", None)
            node = _Grammar(source, self, MAX_INCLUDE_DEPTH).parse().get(_ENVIRONMENT_KEY)
        finally:
            self._being_looked_up.pop()
        return None if node is None else node.value

    def _take(self, size: int) -> None:
        self._bytes_left -= size
        if self._bytes_left < 0:
            raise refuse(f"the configuration is larger than {MAX_BYTES} bytes")


def os_error_text(path: str, error: OSError) -> str:
    """Say what Go says of a file that cannot be read."""
    verb = "read" if isinstance(error, IsADirectoryError) else "open"
    return f"{verb} {path}: {(error.strerror or str(error)).lower()}"


class _Grammar:
    """The reading of one text.

    Three kinds of lists of pairs look alike and end differently: the top of the file, the braces
    around a whole file, and a map.
    """

    def __init__(self, source: Source, files: _Files, include_depth: int) -> None:
        self._source = source
        self._files = files
        self._include_depth = include_depth
        self._open: list[dict[str, Node] | list[Node]] = []
        # A key without a value stays here and is taken for that of the map around it.
        self._keys: list[tuple[str, Place | None]] = []
        self._lone_key: str | None = None

    def parse(self) -> dict[str, Node]:
        top: dict[str, Node] = {}
        self._open.append(top)
        try:
            self._top()
        except EndOfText:
            # A file in braces may end in a stray one.
            if self._lone_key not in (None, "}"):
                source = self._source
                place = source.place(source.at, source.at, 0) or Place("", 1, source.at)
                raise refuse(f"config is invalid ({place})") from None
        return top

    # Lists of pairs

    def _top(self) -> None:
        source = self._source
        while True:
            source.skip_space()
            if self._skips_comment():
                continue
            match source.peek():
                case "{":
                    source.next()
                    self._block(1)
                case "/":
                    source.next()
                    raise source.wrong("Unexpected EOF.")
                case "\0":
                    raise self._end()
                case _:
                    self._pair()
                    self._end_top_value()

    def _end_top_value(self) -> None:
        source = self._source
        while True:
            if self._skips_comment():
                return
            char = source.next()
            if char in "\n\r\0;,}":
                return
            if char not in "\t /":
                raise source.wrong(
                    "Expected a top-level value to end with a new line, comment or EOF, "
                    f"but got '{shown(char)}' instead."
                )

    def _block(self, depth: int) -> None:
        """Read the braces around a whole file; they make no map."""
        source = self._source
        self._check_depth(depth)
        while True:
            source.skip_space()
            if self._skips_comment():
                continue
            match source.peek():
                case "{":
                    source.next()
                    self._block(depth + 1)
                    is_over = self._ends_block()
                case "}":
                    source.next()
                    return
                case "/":
                    source.next()
                    raise source.wrong("Unexpected EOF.")
                case "\0":
                    raise self._end()
                case _:
                    self._pair()
                    is_over = self._ends_block_value() and self._ends_block()
            if is_over:
                return

    def _ends_block_value(self) -> bool:
        source = self._source
        while True:
            if self._skips_comment():
                continue
            if source.peek() == "}":
                return True
            char = source.next()
            if char in "\n\r;,":
                return False
            if char not in "\t /":
                raise source.wrong(
                    "Expected a block-level value to end with a new line, comment or EOF, "
                    f"but got '{shown(char)}' instead."
                )

    def _ends_block(self) -> bool:
        source = self._source
        while True:
            if self._skips_comment():
                return False
            char = source.next()
            if char == "}":
                return True
            if char in ";,":
                return False
            if char not in "\n\r\t /":
                raise source.wrong(
                    f"Expected a block-level to end with a '}}', but got '{shown(char)}' instead."
                )

    def _map(self) -> Value:
        self._open.append({})
        source = self._source
        source.next()
        while True:
            source.skip_space()
            if self._skips_comment():
                continue
            char = source.peek()
            if char in _SEPARATORS:
                raise source.wrong(f"Unexpected key separator '{char}'.")
            if char == "]":
                raise source.wrong("Unexpected array end ']' processing map.")
            if char == END:
                raise source.wrong("Unexpected EOF processing map.")
            if char == "}":
                source.next()
                break
            if char == "/":
                source.next()
            is_include = self._map_key(char)
            if (not is_include and not self._has_map_value()) or self._ends_map_value():
                break
        return self._open.pop()

    def _map_key(self, first: str) -> bool:
        """Read a key of a map, or an include: then say so."""
        source = self._source
        if first in "'\"":
            self._quoted_key(first, "double quoted map key" if first == '"' else "quoted map key")
            return False
        start = source.at
        source.next()
        while (char := source.peek()) not in SPACE and char not in _SEPARATORS:
            if char == END:
                raise source.wrong("Unexpected EOF processing map key.")
            source.next()
        if char in SPACE and self._is_include(start):
            self._include()
            return True
        self._push_key(start, source.at)
        return False

    def _has_map_value(self) -> bool:
        """Read the value behind a key; without one the map is at its end."""
        source = self._source
        source.skip_space()
        if source.peek() in _SEPARATORS:
            source.next()
        source.skip_space()
        match source.peek():
            case ",":
                source.next()
                raise source.wrong('Unexpected map value terminator ",".')
            case "}":
                source.next()
                return False
            case _:
                self._value()
                return True

    def _ends_map_value(self) -> bool:
        source = self._source
        while True:
            source.skip_blanks()
            if self._skips_comment():
                continue
            char = source.next()
            if char == "}":
                return True
            if char in "/;,\n\r":
                return False
            raise source.wrong(
                'Expected a map value terminator "," or a map terminator "}", '
                f"but got '{shown(char)}' instead."
            )

    # Keys at the top and in the braces of a file

    def _pair(self) -> None:
        source = self._source
        first = source.peek()
        if first in _SEPARATORS:
            raise source.wrong(f"Unexpected key separator '{first}'")
        if first in "'\"":
            self._quoted_key(first, None)
        elif self._plain_key_is_include():
            self._include()
            return
        source.skip_space()
        if source.peek() in _SEPARATORS:
            source.next()
        elif source.peek() == END:
            raise EndOfText
        self._value()

    def _plain_key_is_include(self) -> bool:
        source = self._source
        start = source.at
        source.next()
        while (char := source.peek()) not in SPACE and char not in _SEPARATORS and char != END:
            source.next()
        if char in SPACE and self._is_include(start):
            return True
        self._push_key(start, source.at)
        return False

    def _quoted_key(self, quote: str, kind: str | None) -> None:
        """Read a key in quotes. kind: what the message calls it in a map, None outside of one."""
        source = self._source
        source.next()
        start = source.at
        while (char := source.peek()) != quote:
            if char == END:
                if kind is None:
                    raise EndOfText if source.at == start else source.wrong("Unexpected EOF.")
                raise source.wrong(f"Unexpected EOF processing {kind}.")
            source.next()
        self._push_key(start, source.at)
        source.next()

    def _push_key(self, start: int, end: int) -> None:
        source = self._source
        text = source.text[start:end]
        self._keys.append((text, source.place(start, end, len(bytes_of(text)))))
        self._lone_key = text

    def _is_include(self, start: int) -> bool:
        return self._source.text[start : self._source.at].lower() == "include"

    # Values

    def _value(self) -> None:
        source = self._source
        source.skip_blanks()
        start = source.at
        opening = source.peek()
        if opening in "[{":
            self._check_depth(len(self._open))
            value = self._array() if opening == "[" else self._map()
            assert isinstance(value, (list, dict))
            self._put(branch(value, source.place(source.at, source.at, 0)))
            return
        scalar, end = read_scalar(source)
        match scalar:
            case Nothing():
                self._lone_key = None
                return
            case Variable(name):
                place = source.place(start, end, len(bytes_of(name)))
                node = self._look_up(name, place, source.line(end))
            case str():
                node = Node(scalar, source.place(start, end, len(bytes_of(scalar))))
            case _:
                node = Node(scalar, source.place(start, end, end - start))
        self._put(node)

    def _array(self) -> Value:
        self._open.append([])
        source = self._source
        source.next()
        while True:
            source.skip_space()
            if self._skips_comment():
                continue
            if source.peek() in ",/":
                source.next()
                raise source.wrong("Unexpected array value terminator ','.")
            if source.peek() == "]":
                source.next()
                break
            self._value()
            if self._ends_array_value():
                break
        return self._open.pop()

    def _ends_array_value(self) -> bool:
        source = self._source
        while True:
            source.skip_blanks()
            if self._skips_comment():
                continue
            char = source.next()
            if char == "]":
                return True
            if char in "/,\n\r":
                return False
            raise source.wrong(
                'Expected an array value terminator "," or an array terminator "]", '
                f"but got '{shown(char)}' instead."
            )

    def _put(self, node: Node) -> None:
        self._lone_key = None
        holder = self._open[-1]
        if isinstance(holder, list):
            holder.append(node)
            return
        key, node.place = self._keys.pop()
        holder.pop(key, None)
        holder[key] = node

    def _look_up(self, name: str, place: Place | None, line: int) -> Node:
        if name.startswith(_BCRYPT):
            return Node("$" + name, place)
        for holder in reversed(self._open):
            if isinstance(holder, dict) and name in holder:
                found = holder[name]
                found.is_used = True
                return Node(found.value, place, depth=found.depth, size=found.size)
        reference = f"variable reference for '{name}' on line {line}"
        try:
            value = self._files.from_environment(name)
        except ConfigError as error:
            raise refuse(f"{reference} could not be parsed: {error}") from error
        if value is None:
            raise refuse(f"{reference} can not be found")
        if isinstance(value, (list, dict)):
            return branch(value, place)
        return Node(value, place)

    # Includes

    def _include(self) -> None:
        name = self._include_name()
        directory = posixpath.dirname(self._source.file or "")
        path = posixpath.normpath(posixpath.join(directory, "./" + name))
        try:
            tree = self._files.include(path, self._include_depth + 1)
        except ConfigError as error:
            raise refuse(f"error parsing include file '{name}', {error}") from error
        for key, node in tree.items():
            self._keys.append((key, node.place))
            self._put(node)

    def _include_name(self) -> str:
        source = self._source
        source.skip_blanks()
        first = source.peek()
        if first in "'\"":
            return self._quoted_include(first)
        if first in _NO_INCLUDES or first.isdecimal():
            source.next()
            what = _NO_INCLUDES.get(first, "start of a number")
            raise source.wrong(f"Expected include value but found {what}")
        start = source.at
        while (char := source.peek()) not in "\n\r\0;}\t '":
            source.next()
        name = source.text[start : source.at]
        if char == "'":
            source.next()
        return name

    def _quoted_include(self, quote: str) -> str:
        source = self._source
        source.next()
        start = source.at
        while (char := source.next()) != quote:
            if char == END:
                kind = "double quoted" if quote == '"' else "quoted"
                raise source.wrong(f"Unexpected EOF in {kind} include")
        return source.text[start : source.at - 1]

    # What is everywhere

    def _skips_comment(self) -> bool:
        """Skip a comment that begins here, up to the end of its line."""
        source = self._source
        if source.peek() != "#" and not source.text.startswith("//", source.at):
            return False
        source.skip_comment()
        self._lone_key = None
        return True

    def _end(self) -> Exception:
        """Say how the text ends here: a zero byte is not a good end."""
        if self._source.is_over():
            return EndOfText()
        self._source.next()
        return self._source.wrong("Unexpected EOF.")

    def _check_depth(self, depth: int) -> None:
        if depth >= MAX_DEPTH:
            raise refuse(f"maps and arrays stand more than {MAX_DEPTH} deep")


_NO_INCLUDES = {
    "[": "start of an array",
    "{": "start of a map",
    "(": "start of a block",
    "-": "start of a number",
    "\\": "escape sequence",
    "\n": "new line",
    "\r": "new line",
}
