"""Whatever stands in a file, reading it gives options or a ConfigError, and soon."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from natsim.broker.nats.config import (
    ConfigError,
    changes,
    load,
    validate,
    validate_advertise,
    validate_monitor,
)
from natsim.broker.nats.options import Options

from .reading import Files
from .verdicts import ACCEPTED, REFUSED

TEXTS = [text for text, _ in REFUSED] + [text for text, _ in ACCEPTED]
WORDS = sorted({word for text in TEXTS for word in re.findall(r'[\w.$%*>-]+|"[^"]*"|\S|\n', text)})
ENVIRONMENT = {"A": "$B", "B": "[$C, $C]", "C": "{a: 5k", "D": "$D"}

soups = st.lists(st.sampled_from([*WORDS, "$A", "$B", "$C", "$D", " ", "\0"]), max_size=40)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """Take a configuration and put words into it."""
    text = draw(st.sampled_from(TEXTS))
    for word in draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + word + text[at + draw(st.integers(0, 5)) :]
    return text


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_are_read_or_refused(raw: bytes) -> None:
    read_or_refuse(raw)


@settings(deadline=None)
@given(soups)
def test_words_in_any_order_are_read_or_refused(words: list[str]) -> None:
    read_or_refuse(" ".join(words).encode())


@settings(deadline=None)
@given(spoilt())
def test_a_spoilt_configuration_is_read_or_refused(text: str) -> None:
    read_or_refuse(text.encode())


def read_or_refuse(raw: bytes) -> None:
    try:
        options = load("c.conf", Files({"c.conf": raw}), ENVIRONMENT).options
        validate_monitor(options)
        validate_advertise(options)
        validate(options)
        changes(Options(), options)
    except ConfigError:
        return
