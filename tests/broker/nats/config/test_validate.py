import pytest

from natsim.broker.nats.config import ConfigError, validate, validate_advertise, validate_monitor
from natsim.broker.nats.options import MonitorOptions, Options

from .reading import load_text
from .starts import REFUSED_AT_START, TAKEN_AT_START


def open_listeners(options: Options) -> None:
    validate_monitor(options)
    validate_advertise(options)


@pytest.mark.parametrize(("text", "message"), REFUSED_AT_START)
def test_a_server_does_not_start_in_nats_servers_words(text: str, message: str) -> None:
    options = load_text(text).options

    with pytest.raises(ConfigError) as caught:
        validate(options)

    assert str(caught.value) == message


@pytest.mark.parametrize("text", TAKEN_AT_START)
def test_a_server_starts(text: str) -> None:
    options = load_text(text).options

    validate(options)
    validate_monitor(options)
    validate_advertise(options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            Options(monitor=MonitorOptions(port=1, other_port=2)),
            "Can't start monitoring: can't specify both HTTP (1) and HTTPs (2) ports",
        ),
        (
            Options(monitor=MonitorOptions(port=1, is_tls=True)),
            "Can't start monitoring: TLS cert and key required for HTTPS",
        ),
        (
            Options(client_advertise="a:b"),
            "Error setting server INFO with ClientAdvertise value of a:b, "
            'err=strconv.Atoi: parsing "b": invalid syntax',
        ),
    ],
)
def test_a_listener_cannot_be_opened(options: Options, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_listeners(options)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options(max_control_line=-1), "max_control_line is -1; it must be 1 or more"),
        (Options(ping_interval_ns=-5), "ping_interval is -5 ns; it must be 1 or more"),
        (Options(ping_max=-1), "ping_max and max_subscriptions cannot be negative"),
    ],
)
def test_what_would_serve_no_one_is_refused_though_nats_server_starts(
    options: Options, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        validate(options)

    assert str(caught.value) == message
