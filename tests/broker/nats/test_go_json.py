"""CONNECT and INFO are read as Go reads them into its structs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.connect import ConnectOptions, read_connect, read_info
from natsim.broker.nats.parser import ProtocolError

BEFORE = ConnectOptions(name="before", protocol=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"{}", BEFORE),
        (b"null", BEFORE),
        (b'{"name":null}', BEFORE),
        (b'{"x":[1,{"y":[]}],"y":1e400,"z":-0}', BEFORE),
        (b'{"x":' + b"9" * 6000 + b"}", BEFORE),
        (b'{"import":{"allow":["a",null],"deny":null,"x":1},"export":null}', BEFORE),
        (b'{"NAME":"a"}', ConnectOptions(name="a", protocol=1)),
        (b'{"pass":"a"}', ConnectOptions(name="before", protocol=1, password="a")),
        (b'{"name":"a","Name":"b"}', ConnectOptions(name="b", protocol=1)),
        ('{"\u017fig":"a"}'.encode(), ConnectOptions(name="before", protocol=1, sig="a")),
        ('{"n\u212aey":"U"}'.encode(), ConnectOptions(name="before", protocol=1, nkey="U")),
        (b'{"name":"\\ud800x"}', ConnectOptions(name="\ufffdx", protocol=1)),
        (b'{"name":"\\ud83d\\ude00"}', ConnectOptions(name="\U0001f600", protocol=1)),
        (b'{"name":"\xff"}', ConnectOptions(name="\ufffd", protocol=1)),
        (b'{"protocol":-9223372036854775808}', ConnectOptions(name="before", protocol=-(2**63))),
    ],
)  # fmt: skip
def test_a_connect_is_read_over_what_held_before(text: bytes, expected: ConnectOptions) -> None:
    assert read_connect(text, BEFORE) == expected


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[]", b'"x"', b"1", b"{", b"{}x", b"{} {}", b'{"verbose":0}', b'{"verbose":"true"}',
        b'{"protocol":1.0}', b'{"protocol":true}', b'{"protocol":9223372036854775808}',
        b'{"protocol":' + b"9" * 6000 + b"}", b'{"name":1}', b'{"name":[]}', b'{"import":[]}',
        b'{"import":{"allow":"a"}}', b'{"export":{"Deny":[1]}}', b'{"x":NaN}', b'{"x":Infinity}',
        b'{"x":"\t"}', b'{"x":01}', b'{"x":\xff}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_go_refuses_is_refused_without_a_word(text: bytes) -> None:
    with pytest.raises(ProtocolError) as refusal:
        read_connect(text, BEFORE)

    assert refusal.value.reply is None


@pytest.mark.parametrize(
    "text",
    [
        b"{}", b"null", b'{"port":4222,"x":{}}', b'{"client_id":18446744073709551615}',
        b'{"connect_urls":["a",null]}', b'{"gateway_cmd":255}',
        b'{"gateway_cmd_payload":"Y\\nQ=="}',
        b'{"gateway_cmd_payload":[0,255,null]}', b'{"max_payload":-2147483648}', b'{"cid":"x"}',
    ],
)  # fmt: skip
def test_info_is_taken_if_its_fields_have_their_types(text: bytes) -> None:
    read_info(text)


@pytest.mark.parametrize(
    "text",
    [
        b"[]", b'{"port":"4222"}', b'{"client_id":-1}', b'{"connect_urls":"a"}', b'{"headers":1}',
        b'{"connect_urls":[1]}', b'{"gateway_cmd":256}', b'{"gateway_cmd_payload":"YQ"}',
        b'{"gateway_cmd_payload":[256]}', b'{"max_payload":2147483648}', b'{"import":1}',
    ],
)  # fmt: skip
def test_info_is_refused_if_a_field_has_another(text: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_info(text)


_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["allow", "deny", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)
_KEYS = st.sampled_from(["verbose", "protocol", "name", "import", "Export", "nkey", "x", "PASS"])


@given(members=st.dictionaries(_KEYS, _VALUES), cut=st.integers(0, 200), junk=st.binary(max_size=3))
def test_any_json_gives_options_or_a_protocol_error(
    members: dict[str, object], cut: int, junk: bytes
) -> None:
    text = json.dumps(members).encode()

    for given_text in (text, text[:cut] + junk + text[cut:]):
        try:
            options = read_connect(given_text, BEFORE)
        except ProtocolError:
            continue
        assert isinstance(options, ConnectOptions)
