from typing import Any

import pytest
from tests.broker.nats.conversation import Conversation

from natsim.broker.events import Reload
from natsim.broker.nats.monitor import ProcessStatistics
from natsim.broker.nats.options import (
    AuthorizationOptions,
    MonitorOptions,
    Options,
    TlsOptions,
    WebsocketOptions,
)
from natsim.broker.now import SECOND_NS

from .asking import get_json


def varz(options: Options) -> dict[str, Any]:
    return get_json(Conversation(options), "/varz")


def test_traffic_of_those_who_left_stays_in_the_totals() -> None:
    talk = Conversation()
    talk.join(1, b"SUB foo 1\r\n")
    talk.join(2, b"PUB foo 5\r\nhello\r\nPUB nobody 2\r\nhi\r\n")
    talk.leave(2)
    talk.join(3, b"PUB foo 1\r\nx\r\n")

    answer = get_json(talk, "/varz")

    assert (answer["in_msgs"], answer["in_bytes"]) == (3, 8)
    assert (answer["out_msgs"], answer["out_bytes"]) == (2, 6)
    assert (answer["in_client_msgs"], answer["out_client_bytes"]) == (3, 6)
    assert (answer["connections"], answer["total_connections"]) == (2, 3)
    assert answer["subscriptions"] == 1


def test_slow_consumers_are_counted() -> None:
    talk = Conversation(Options(max_pending=1000, max_payload=900))
    talk.join(1, b"SUB foo 1\r\n")
    talk.join(2)
    for _ in range(3):
        talk.say(2, b"PUB foo 500\r\n" + b"x" * 500 + b"\r\n")

    answer = get_json(talk, "/varz")
    (closed,) = get_json(talk, "/connz?state=closed")["connections"]
    (account,) = get_json(talk, "/accstatz")["account_statz"]

    assert answer["slow_consumers"] == 1
    assert answer["slow_consumer_stats"] == {
        "clients": 1,
        "routes": 0,
        "gateways": 0,
        "leafs": 0,
    }
    assert closed["reason"] == "Slow Consumer (Pending Bytes)"
    assert account["slow_consumers"] == 1


def test_stale_connections_are_counted() -> None:
    talk = Conversation(Options(ping_interval_ns=SECOND_NS, ping_max=1))
    talk.join(1)
    talk.pass_to(10)

    answer = get_json(talk, "/varz")

    assert (answer["stale_connections"], answer["stale_connection_stats"]["clients"]) == (1, 1)


def test_stalls_are_counted_at_the_server_and_the_publisher() -> None:
    talk = Conversation(Options(max_pending=8000, max_payload=7000))
    talk.join(1, b"SUB foo 1\r\n")
    talk.join(2, b"PUB foo 7000\r\n" + b"x" * 7000 + b"\r\n")

    assert get_json(talk, "/varz")["stalled_clients"] == 1
    assert get_json(talk, "/connz?cid=6")["connections"][0]["stalls"] == 1


def test_the_process_is_told_of_as_the_driver_saw_it() -> None:
    process = ProcessStatistics(
        memory_bytes=4096,
        cpu_percent=12.5,
        cores=8,
        tls_cert_not_after_ns=1_700_000_000 * SECOND_NS,
    )

    answer = get_json(Conversation(), "/varz", process)

    assert (answer["mem"], answer["cpu"], answer["cores"]) == (4096, 12.5, 8)
    assert answer["tls_cert_not_after"] == "2023-11-14T22:13:20Z"
    assert list(answer)[-1] == "tls_cert_not_after"


def test_time_passes() -> None:
    talk = Conversation()
    talk.pass_to(3661)

    answer = get_json(talk, "/varz")

    assert answer["uptime"] == "1h1m1s"
    assert (answer["start"], answer["now"]) == ("1970-01-01T00:00:00Z", "1970-01-01T01:01:01Z")


def test_a_reload_is_told_by_its_time_and_its_options() -> None:
    talk = Conversation()
    talk.pass_to(5)
    talk.tell(Reload(Options(max_control_line=512, config_digest="sha256:1")))

    answer = get_json(talk, "/varz")

    assert answer["config_load_time"] == "1970-01-01T00:00:05Z"
    assert answer["start"] == "1970-01-01T00:00:00Z"
    assert (answer["max_control_line"], answer["config_digest"]) == (512, "sha256:1")


@pytest.mark.parametrize(
    ("options", "key", "expected"),
    [
        (Options(host="h", port=1, client_advertise="a.b:2"), "host", "a.b"),
        (Options(host="h", port=1, client_advertise="a.b:2"), "port", 2),
        (Options(max_subscriptions=7), "max_subscriptions", 7),
        (Options(monitor=MonitorOptions(port=8222)), "http_port", 8222),
        (Options(monitor=MonitorOptions(port=8222)), "http_host", "0.0.0.0"),
        (Options(monitor=MonitorOptions(port=8222, host="h")), "http_host", "h"),
        (Options(monitor=MonitorOptions(port=8222, is_tls=True)), "https_port", 8222),
        (Options(monitor=MonitorOptions(port=8222, is_tls=True)), "http_port", 0),
        (Options(authorization=AuthorizationOptions(token="t")), "auth_required", True),
        (Options(tls=TlsOptions()), "tls_required", True),
        (Options(tls=TlsOptions(verify=True)), "tls_verify", True),
        (Options(tls=TlsOptions()), "auth_timeout", 3),
        (Options(authorization=AuthorizationOptions(timeout_ns=500_000_000)), "auth_timeout", 0.5),
        (Options(server_tags=("a", "b")), "tags", ["a", "b"]),
        (Options(server_metadata={"b": "2", "a": "1"}), "metadata", {"a": "1", "b": "2"}),
        (Options(system_account="S"), "system_account", "S"),
        (
            Options(websocket=WebsocketOptions(port=1, allowed_origins=("http://a",))),
            "websocket",
            {
                "host": "0.0.0.0",
                "port": 1,
                "no_tls": True,
                "allowed_origins": ["http://a"],
            },
        ),
    ],
)
def test_options_are_told(options: Options, key: str, expected: object) -> None:
    assert varz(options)[key] == expected


def test_the_base_path_is_told_below_it() -> None:
    talk = Conversation(Options(monitor=MonitorOptions(base_path="/n")))

    assert get_json(talk, "/n/varz")["http_base_path"] == "/n"


@pytest.mark.parametrize(
    "key",
    ["auth_required", "tls_required", "tls_verify", "max_subscriptions", "tags", "metadata",
     "trusted_operators_jwt", "tls_cert_not_after"],
)  # fmt: skip
def test_what_is_not_set_is_not_told(key: str) -> None:
    assert key not in varz(Options())


def test_tls_that_is_not_required_is_not_told() -> None:
    assert "tls_required" not in varz(Options(tls=TlsOptions(allow_non_tls=True)))
