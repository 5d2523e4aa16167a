"""CONNECT, with options in every valid, odd and invalid form, and INFO as clients may send it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .words import chance, line_end, verb

if TYPE_CHECKING:
    from random import Random

_BOOLS = ("verbose", "pedantic", "echo", "headers", "no_responders", "tls_required")
_TEXTS = ("name", "lang", "version", "user", "pass", "auth_token", "jwt", "sig", "nkey")
_TEXT_VALUES = (
    '""', '"x"', '"\\u00e9\\ud83d\\ude00"', '"\\ud800"', '"a\\/b\\n"', '"é"', '"\\""', "null",
    '"1.2.3"', '"\\u0000"',
)  # fmt: skip
_ODD_MEMBERS = (
    '"x":[1,{"y":null}]', '"":1', '"unknown":1e400', '"x":"\\ud800\\ud800"', '"x":-0',
    '"x":1.5e-3', '"x":{}', '"VERBOSE":false', '"Echo":true', '"\\u0076erbose":false', '"x":true',
    '"protocol":null', '"verbose":null', '"name":null', '"import":null', '"import":{}',
    '"import":{"allow":["a"],"deny":null}', '"export":{"ALLOW":[]}', '"account":""',
    '"new_account":false', '"proxy_sig":""', '"verbo\u017fe":false', '"x":[[[[[[[[]]]]]]]]',
    '"remote_account":"x"', '"import":{"x":1}', '"export":{"deny":["a",null]}', '"protocol":-0',
    '"x":123456789012345678901234567890', '"no_responders":null', '"nonce":"x"', '"nonce":1',
    '"\u212aey":1', '"n\u212aey":"x"',
)  # fmt: skip
_BAD_MEMBERS = (
    '"verbose":"false"', '"verbose":0', '"verbose":[]', '"protocol":"1"', '"protocol":1.0',
    '"protocol":1e0', '"protocol":2', '"protocol":-1', '"protocol":9223372036854775808',
    '"protocol":true', '"name":123', '"name":{}', '"account":"x"', '"new_account":true',
    '"import":1', '"import":[]', '"import":{"allow":1}', '"export":{"deny":[1]}', '"x":NaN',
    '"x":Infinity', '"x":01', '"x":1.', '"x":.5', '"x":+1', '"x":\'y\'', '"x":"\\x41"', '"x":"\t"',
    '"x":"\\u12"', '"x":True', "x:1", '"x"', '"x":', '"x":1,', '"x" 1', '"x":"y', '"x":[1,]',
    '"x":{"y":1,}', '"x":1 "y":2', '"x":tru', '"x":nul', '"x":-', '"x":1e', '"x":1e+', '"x":00',
    '"x":\x0b1', '"x":\xa01', '"protocol":9223372036854775807', '"protocol":3', '"user":false',
    '"x":"\x7f"', '"sig":[]',
)  # fmt: skip
_WHOLE = (
    "", "null", "[]", '"x"', "1", "true", "{", "}", "{}}", "{} {}", "{},", "{}x", "{{}}", "\ufeff{}",
    "nul", "NULL", "{\r}", " {} ", "\t{\t}\t", "{}\r", "{}\0", "[" * 300, '{"x":' * 300 + "1" + "}" * 300,
    '{"x":' + "[" * 300 + "]" * 300 + "}", "{} ", '{"verbose"\t:\tfalse}', "null null", "{/**/}",
    "{//\r}", "'{}'", "\x0b{}", "\x00", "{}\x0c",
)  # fmt: skip
_RAW_NAMES = (b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\0", b"\x7f")
_INFOS = (
    "{}", "null", "[]", "", '{"port":1}', '{"port":"1"}', '{"server_id":1}', '{"max_payload":-1}',
    '{"max_payload":"x"}', '{"headers":1}', '{"connect_urls":["a"]}', '{"connect_urls":[1]}',
    '{"connect_urls":"a"}', '{"x":1}', '{"PORT":"1"}', '{"proto":1.5}', '{"cluster":null}',
    '{"client_id":-1}', '{"client_id":18446744073709551615}', '{"tls_required":0}', "{", "{}{}",
    '{"ldm":"x"}', '{"nonce":{}}', '{"jetstream":1}', '{"ip":[]}', '{"import":{"allow":1}}',
    '{"api_lvl":"1"}', '{"xkey":1}', '{"gateway_urls":[{}]}', '{"remote_account":1}', '{"cid":1}',
)  # fmt: skip


FIRST_ODD_PERCENT = 4
"""For the CONNECT that a client starts with: it seldom ends the connection."""

LATER_ODD_PERCENT = 15


def connect(draw: Random, odd_percent: int) -> bytes:
    """Write CONNECT; about so many in a hundred are invalid."""
    return _whole(draw, b"CONNECT", _argument(draw, odd_percent))


def info(draw: Random) -> bytes:
    """Write INFO as a client may send it."""
    return _whole(draw, b"INFO", draw.choice(_INFOS).encode())


def _whole(draw: Random, name: bytes, argument: bytes) -> bytes:
    blank = b" " if chance(draw, 92) else draw.choice((b"", b"\t", b"   ", b" \t"))
    return verb(draw, name) + blank + argument + line_end(draw)


def _argument(draw: Random, odd_percent: int) -> bytes:
    if chance(draw, odd_percent // 3):
        return draw.choice(_WHOLE).encode()
    if chance(draw, odd_percent // 4):
        return b'{"name":"%b"}' % draw.choice(_RAW_NAMES)
    members = [f'"{name}":{_bool(draw, name)}' for name in _BOOLS if chance(draw, 60)]
    if chance(draw, 40):
        members.append(f'"protocol":{draw.randrange(2)}')
    if chance(draw, 25):
        members.append(f'"{draw.choice(_TEXTS)}":{draw.choice(_TEXT_VALUES)}')
    if chance(draw, odd_percent * 2):
        members.append(draw.choice(_ODD_MEMBERS))
    if chance(draw, odd_percent):
        members.append(draw.choice(_BAD_MEMBERS))
    draw.shuffle(members)
    comma = draw.choice((",", ",", ",", " , ", ",\t"))
    return ("{" + comma.join(members) + "}").encode()


def _bool(draw: Random, name: str) -> str:
    # Most connections talk headers and are not verbose, or little but +OK would be compared.
    likely = name in ("headers", "echo")
    return "true" if chance(draw, 75 if likely else 25) else "false"
