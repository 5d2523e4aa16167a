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


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "accounts { A: {exports: [{stream: a, service: b}]} }",
            ['c.conf:1:37: Detected service "b" but already saw a stream'],
        ),
        (
            "accounts { A: {imports: [{stream: {account: B, subject: x}, prefix: a, to: b}]}, "
            "B: {exports: [{stream: x}]} }",
            ["c.conf:1:71: Stream import can not have a 'prefix' and a 'to' property"],
        ),
        (
            "authorization {user: a}, accounts { A: {users: [{user: b}]} }",
            ["c.conf:1:40: Can not have a single user/pass and accounts"],
        ),
        (
            "accounts { A: {users: [{user: b}]} }, authorization {users: [{user: b}]}",
            ['c.conf:1:38: Duplicate user "b" detected'],
        ),
        (
            "accounts { A: {imports: [{service: {account: B, subject: x}, "
            "stream: {account: B, subject: x}}]}}",
            ["c.conf:1:61: Detected stream but already saw a service"],
        ),
        (
            "accounts { A: {imports: [{service: {account: B, subject: x}, share: 5, to: 5}]}}",
            ["c.conf:1:61: interface conversion: interface {} is int64, not bool"],
        ),
    ],
)
def test_what_nats_server_meets_in_random_order_is_met_in_the_files(
    text: str, messages: list[str]
) -> None:
    assert _messages(text) == messages


def _messages(text: str) -> list[str]:
    """Give mistakes and warnings as `-t` does, where a warning is a mistake."""
    try:
        found = load_text(text).warnings
    except ConfigError as error:
        found = (*error.warnings, *error.mistakes)
    return sorted(line for line in "\n".join(map(str, found)).split("\n") if line)
