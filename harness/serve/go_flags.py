"""Command-line flags as Go's flag package reads them.

One dash or two, `-x v` or `-x=v`; a switch takes a value only behind `=`; the first word that is
no flag, or `--`, ends the flags.
Source: pkg.go.dev/flag, section Command Line Flag Syntax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

Value: TypeAlias = "str | int | bool"


class Kind(Enum):
    """What a flag takes."""

    TEXT = "text"
    NUMBER = "number"
    SWITCH = "switch"


class FlagError(Exception):
    """A flag that is not there, or whose value is none; the text is Go's."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """values: by the name the flag was written with, the last one of a name. words: the rest."""

    values: dict[str, Value] = field(default_factory=dict[str, Value])
    words: tuple[str, ...] = ()


_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")
_INT64 = 2**63
_INTEGER = re.compile(
    r"[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|[1-9](?:_?[0-9])*|0)"
)
_OLD_OCTAL = re.compile(r"^([+-]?)0(?=[0-7_])")


def parse_flags(args: Sequence[str], kinds: Mapping[str, Kind]) -> Parsed:
    """Read the flags; kinds by name, without dashes. Raises FlagError.

    >>> parse_flags(["-p", "4222", "--D", "-T=false", "word"], {"p": Kind.NUMBER,
    ...     "D": Kind.SWITCH, "T": Kind.SWITCH})
    Parsed(values={'p': 4222, 'D': True, 'T': False}, words=('word',))
    """
    values: dict[str, Value] = {}
    rest = list(args)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        arg = rest.pop(0)
        if arg == "--":
            break
        name, equals, text = arg[2 if arg.startswith("--") else 1 :].partition("=")
        if not name or name.startswith("-"):
            raise FlagError(f"bad flag syntax: {arg}")
        kind = kinds.get(name)
        if kind is None:
            raise FlagError(f"flag provided but not defined: -{name}")
        if kind is Kind.SWITCH:
            values[name] = _switch(name, text) if equals else True
            continue
        if not equals:
            if not rest:
                raise FlagError(f"flag needs an argument: -{name}")
            text = rest.pop(0)
        values.pop(name, None)
        values[name] = _number(name, text) if kind is Kind.NUMBER else text
    return Parsed(values, tuple(rest))


def _switch(name: str, text: str) -> bool:
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise FlagError(f'invalid boolean value "{text}" for -{name}: parse error')


def _number(name: str, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise FlagError(f'invalid value "{text}" for flag -{name}: parse error')
    # Python wants 0o17 where Go also takes 017.
    value = int(_OLD_OCTAL.sub(r"\g<1>0o", text), 0)
    if not -_INT64 <= value < _INT64:
        raise FlagError(f'invalid value "{text}" for flag -{name}: value out of range')
    return value
