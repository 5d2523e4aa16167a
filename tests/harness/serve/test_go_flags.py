"""Flags are read as Go's flag package reads them."""

from __future__ import annotations

import pytest

from natsim.harness.serve.go_flags import FlagError, Kind, Parsed, Value, parse_flags

TOO_LARGE = str(2**63)
KINDS = {"p": Kind.NUMBER, "D": Kind.SWITCH, "name": Kind.TEXT}


@pytest.mark.parametrize(
    ("args", "values", "words"),
    [
        ("", {}, ""),
        ("-p 5", {"p": 5}, ""),
        ("--p 5", {"p": 5}, ""),
        ("-p=5", {"p": 5}, ""),
        ("--p=-1", {"p": -1}, ""),
        ("-p -1", {"p": -1}, ""),
        ("-p 1 -p 2", {"p": 2}, ""),
        ("-p 0x10", {"p": 16}, ""),
        ("-p 010", {"p": 8}, ""),
        ("-p 0b11", {"p": 3}, ""),
        ("-p 1_000", {"p": 1000}, ""),
        ("-D", {"D": True}, ""),
        ("-D=false", {"D": False}, ""),
        ("-D=T", {"D": True}, ""),
        ("-D false", {"D": True}, "false"),
        ("-name -D", {"name": "-D"}, ""),
        ("-name=a=b", {"name": "a=b"}, ""),
        ("-name=", {"name": ""}, ""),
        ("word -D", {}, "word -D"),
        ("-D -- -p", {"D": True}, "-p"),
        ("-", {}, "-"),
    ],
)
def test_a_command_line_is_read(args: str, values: dict[str, Value], words: str) -> None:
    assert parse_flags(args.split(), KINDS) == Parsed(values, tuple(words.split()))


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ("-bogus", "flag provided but not defined: -bogus"),
        ("--bogus=1", "flag provided but not defined: -bogus"),
        ("---p", "bad flag syntax: ---p"),
        ("-=p", "bad flag syntax: -=p"),
        ("-p", "flag needs an argument: -p"),
        ("-p x", 'invalid value "x" for flag -p: parse error'),
        ("-p 08", 'invalid value "08" for flag -p: parse error'),
        (f"-p {TOO_LARGE}", f'invalid value "{TOO_LARGE}" for flag -p: value out of range'),
        ("-D=maybe", 'invalid boolean value "maybe" for -D: parse error'),
    ],
)
def test_a_mistake_is_said_in_gos_words(args: str, complaint: str) -> None:
    with pytest.raises(FlagError) as caught:
        parse_flags(args.split(), KINDS)

    assert str(caught.value) == complaint
