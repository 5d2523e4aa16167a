import pytest

from natsim.broker.nats.config import ConfigError

from .reading import load_text
from .verdicts import ACCEPTED, REFUSED


@pytest.mark.parametrize(("text", "messages"), REFUSED)
def test_a_configuration_is_refused_in_nats_servers_words(text: str, messages: list[str]) -> None:
    said = _messages(text)

    assert said == messages


@pytest.mark.parametrize(("text", "digest"), ACCEPTED)
def test_a_configuration_has_nats_servers_digest(text: str, digest: str) -> None:
    loaded = load_text(text)

    assert loaded.options.config_digest == digest


def _messages(text: str) -> list[str]:
    """Give mistakes and warnings as `-t` does, where a warning is a mistake."""
    try:
        found = load_text(text).warnings
    except ConfigError as error:
        found = (*error.warnings, *error.mistakes)
    return sorted(line for line in "\n".join(map(str, found)).split("\n") if line)
