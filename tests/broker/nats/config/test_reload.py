import pytest

from natsim.broker.nats.config import ConfigError, changes, load
from natsim.broker.nats.options import Options

from .reading import Files
from .reloads import REFUSED_AT_RELOAD, RELOADED


def options_of(text: str) -> Options:
    configuration = f"listen: 127.0.0.1:14873\n{text}\n".encode()
    read = Files({"r.conf": configuration, "c.pem": b"", "k.pem": b""})
    return load("r.conf", read, {}).options


@pytest.mark.parametrize(("before", "after", "lines"), RELOADED)
def test_a_reload_is_told_in_nats_servers_words_and_order(
    before: str, after: str, lines: list[str]
) -> None:
    found = changes(options_of(before), options_of(after))

    assert [change.line for change in found] == lines


@pytest.mark.parametrize(("before", "after", "message"), REFUSED_AT_RELOAD)
def test_a_reload_is_refused_in_nats_servers_words(before: str, after: str, message: str) -> None:
    old, new = options_of(before), options_of(after)

    with pytest.raises(ConfigError) as caught:
        changes(old, new)

    assert str(caught.value) == message


def test_a_port_cannot_change() -> None:
    with pytest.raises(ConfigError) as caught:
        changes(Options(port=4321), Options(port=4322))

    assert str(caught.value) == "config reload not supported for Port: old=4321, new=4322"


def test_a_port_of_ones_own_choice_is_kept() -> None:
    lines = changes(Options(port=4321), Options(port=0))

    assert [change.line for change in lines] == [
        "Reloaded: authorization users",
        "Reloaded: accounts",
    ]
