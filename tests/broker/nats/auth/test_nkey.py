"""Keys as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.base64_text import decode_signature
from natsim.broker.nats.nkey import (
    KeyKind,
    Seed,
    decode_public_key,
    decode_seed,
    encode_curve,
    encode_public_key,
    encode_seed,
    kind_of,
    make_nonce,
    public_key,
    sign,
    verify,
    verify_text,
)

ALICE = Seed(KeyKind.USER, bytes(range(32)))

LETTERS = [
    (KeyKind.OPERATOR, "O"),
    (KeyKind.ACCOUNT, "A"),
    (KeyKind.USER, "U"),
    (KeyKind.SERVER, "N"),
    (KeyKind.CLUSTER, "C"),
    (KeyKind.CURVE, "X"),
]


@pytest.mark.parametrize(("kind", "letter"), LETTERS)
def test_the_first_letter_tells_whose_key_it_is(kind: KeyKind, letter: str) -> None:
    text = encode_public_key(kind, bytes(32))

    assert (text[0], len(text), kind_of(text)) == (letter, 56, kind)


@pytest.mark.parametrize(("kind", "letter"), LETTERS)
def test_a_seed_comes_back_from_its_text(kind: KeyKind, letter: str) -> None:
    seed = Seed(kind, bytes(range(32)))

    text = encode_seed(seed)

    assert (text[:2], len(text), decode_seed(text)) == (f"S{letter}", 58, seed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "U",
        "not a key",
        public_key(ALICE).lower(),
        public_key(ALICE)[:-1],
        public_key(ALICE) + "A",
        public_key(ALICE)[:-1] + "A",
        encode_seed(ALICE),
        encode_public_key(KeyKind.ACCOUNT, bytes(32)),
        "ÜÜ",
    ],
)
def test_another_text_is_no_user_key(text: str) -> None:
    assert decode_public_key(text, KeyKind.USER) is None


@pytest.mark.parametrize("text", ["", "S", "SU", public_key(ALICE), encode_seed(ALICE)[:-9]])
def test_another_text_is_no_seed(text: str) -> None:
    assert decode_seed(text) is None


def test_a_curve_key_starts_with_an_x() -> None:
    assert encode_curve(bytes(32))[0] == "X"


def test_a_key_of_another_length_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="a key has 32 bytes, not 31"):
        encode_public_key(KeyKind.USER, bytes(31))


def test_a_signature_is_of_one_key_and_one_message() -> None:
    signature = sign(ALICE, b"nonce")
    bob = Seed(KeyKind.USER, bytes(32))

    verdicts = [
        verify(public_key(ALICE), b"nonce", signature),
        verify(public_key(ALICE), b"other", signature),
        verify(public_key(bob), b"nonce", signature),
        verify(public_key(ALICE), b"nonce", signature[:-1]),
        verify("no key", b"nonce", signature),
    ]

    assert verdicts == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("", b""),
        ("__8", b"\xff\xff"),
        ("//8=", b"\xff\xff"),
        ("__8=", None),
        ("//8", None),
        ("ABCD", b"\x00\x10\x83"),
        ("A", None),
        ("AB\r\nCD", b"\x00\x10\x83"),
        ("AB CD", None),
        ("AA==", b"\x00"),
        ("=", None),
        ("ÄÖÜ1", None),
    ],
)
def test_a_signature_is_spelt_as_nats_server_reads_it(text: str, decoded: bytes | None) -> None:
    assert decode_signature(text) == decoded


def test_a_nonce_has_fifteen_characters_of_the_run_s_entropy() -> None:
    draws = iter(range(11))

    nonce = make_nonce(lambda n: next(draws) % n)

    assert nonce == "AAECAwQFBgcICQo"


@given(st.text())
def test_no_text_whatsoever_breaks_a_reader(text: str) -> None:
    answers = (kind_of(text), decode_seed(text), verify_text(text, b"nonce", text))

    assert answers == (None, None, False)
