"""CONNECT, with options in every valid, odd and invalid form, and INFO as clients may send it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .words import chance, line_end, verb

if TYPE_CHECKING:
    from random import Random

_BOOLS = ("verbose", "pedantic", "echo", "headers", "tls_required")
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
    "{}", "null", '{"port":1}', '{"max_payload":-1}', '{"connect_urls":["a"]}', '{"x":1}',
    '{"cluster":null}', '{"client_id":18446744073709551615}', '{"cid":1}', '{"import":{"allow":[null]}}',
    '{"gateway_cmd_payload":"YQ=="}', '{"gateway_cmd_payload":[1,2]}', '{"gateway_cmd":255}',
    '{"connect_urls":[null]}', '{"max_payload":-2147483648}', '{"proto":-9223372036854775808}',
)  # fmt: skip
_BAD_INFOS = (
    "[]", "", "{", "{}{}", '{"port":"1"}', '{"server_id":1}', '{"max_payload":"x"}', '{"headers":1}',
    '{"connect_urls":[1]}', '{"connect_urls":"a"}', '{"PORT":"1"}', '{"proto":1.5}', '{"client_id":-1}',
    '{"tls_required":0}', '{"ldm":"x"}', '{"nonce":{}}', '{"jetstream":1}', '{"ip":[]}',
    '{"import":{"allow":1}}', '{"api_lvl":"1"}', '{"xkey":1}', '{"gateway_urls":[{}]}',
    '{"remote_account":1}', '{"gateway_cmd":256}', '{"gateway_cmd_payload":"!!"}', '{"lnoc":1}',
    '{"gateway_cmd_payload":[256]}', '{"max_payload":2147483648}', '{"import":[]}', '{"go":1}',
    '{"gossip_mode":"x"}', '{"leafnode_urls":0}', '{"acc_is_sys":0}', '{"gateway_cmd_payload":"YQ"}',
)  # fmt: skip


def connect(draw: Random) -> bytes:
    """Write a CONNECT that is valid, in one form or another."""
    members = [f'"{name}":{_bool(draw, name)}' for name in _BOOLS if chance(draw, 60)]
    if '"headers":true' in members and chance(draw, 50):
        members.append('"no_responders":true')
    if chance(draw, 40):
        members.append(f'"protocol":{draw.randrange(2)}')
    if chance(draw, 25):
        members.append(f'"{draw.choice(_TEXTS)}":{draw.choice(_TEXT_VALUES)}')
    if chance(draw, 20):
        members.append(draw.choice(_ODD_MEMBERS))
    raw = [b'"name":"%b"' % draw.choice(_RAW_NAMES)] if chance(draw, 3) else []
    return _whole(draw, b"CONNECT", _object(draw, [*(text.encode() for text in members), *raw]))


def bad_connect(draw: Random) -> bytes:
    """Write a CONNECT that is most likely refused."""
    if chance(draw, 40):
        return _whole(draw, b"CONNECT", draw.choice(_WHOLE).encode())
    names = [name for name in _BOOLS if chance(draw, 40)]
    members = [f'"{name}":{_bool(draw, name)}'.encode() for name in names]
    if chance(draw, 20):
        members.append(b'"no_responders":true')
    return _whole(draw, b"CONNECT", _object(draw, [*members, draw.choice(_BAD_MEMBERS).encode()]))


def info(draw: Random) -> bytes:
    """Write INFO as a client may send it."""
    return _whole(draw, b"INFO", draw.choice(_INFOS).encode())


def bad_info(draw: Random) -> bytes:
    """Write INFO that is most likely refused."""
    return _whole(draw, b"INFO", draw.choice(_BAD_INFOS).encode())


def _whole(draw: Random, name: bytes, argument: bytes) -> bytes:
    blank = b" " if chance(draw, 92) else draw.choice((b"", b"\t", b"   ", b" \t"))
    return verb(draw, name) + blank + argument + line_end(draw)


def _object(draw: Random, members: list[bytes]) -> bytes:
    draw.shuffle(members)
    comma = draw.choice((b",", b",", b",", b" , ", b",\t"))
    return b"{" + comma.join(members) + b"}"


def _bool(draw: Random, name: str) -> str:
    # Most connections talk headers and are not verbose, or little but +OK would be compared.
    likely = name in ("headers", "echo")
    return "true" if chance(draw, 80 if likely else 20) else "false"
