import json

import pytest
from tests.broker.nats.conversation import Conversation
from tests.credentials import account_jwt, account_signer, operator_jwt, operator_signer

from natsim.broker.nats.monitor import ProcessStatistics, ask
from natsim.broker.nats.monitor.endpoints import NAMES
from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    Destination,
    Mapping,
    OperatorOptions,
    Options,
    ResponseType,
    ServiceExport,
    ServiceImport,
    StreamExport,
    StreamImport,
)

from .asking import get_json
from .test_connz import TWO_ACCOUNTS, login

SHARING = Options(
    mappings=(Mapping(source=b"a", destinations=(Destination(subject=b"b"),)),),
    accounts=(
        AccountOptions(
            name="A",
            exports=(
                StreamExport(subject=b"pub.>", accounts=("B",)),
                ServiceExport(subject=b"svc.*"),
                ServiceExport(subject=b"multi", response_type=ResponseType.STREAM),
                ServiceExport(subject=b"timed", latency_subject=b"lat", latency_sampling=50),
            ),
            mappings=(
                Mapping(
                    source=b"part.*",
                    destinations=(
                        Destination(subject=b"s2", weight=50),
                        Destination(subject=b"s1", weight=40),
                    ),
                ),
            ),
        ),
        AccountOptions(
            name="B",
            stream_imports=(
                StreamImport(account="A", subject=b"pub.>", prefix=b"from"),
                StreamImport(account="A", subject=b"pub.x", to=b"mine"),
            ),
            service_imports=(
                ServiceImport(account="A", subject=b"svc.time", to=b"time"),
                ServiceImport(account="A", subject=b"multi", share=True),
            ),
        ),
    ),
)


def test_accounts_are_named() -> None:
    answer = get_json(Conversation(TWO_ACCOUNTS), "/accountz")

    assert answer["accounts"] == ["A", "B", "$G", "$SYS"]
    assert answer["system_account"] == "$SYS"


def test_an_account_is_told_of_in_detail() -> None:
    talk = Conversation(TWO_ACCOUNTS)
    talk.greet(1)
    talk.say(1, login("a") + b"SUB foo 1\r\n")

    detail = get_json(talk, "/accountz?acc=A")["account_detail"]

    assert list(detail) == [
        "account_name",
        "update_time",
        "expired",
        "complete",
        "jetstream_enabled",
        "leafnode_connections",
        "client_connections",
        "subscriptions",
        "name_tag",
        "sublist_stats",
    ]
    assert (detail["client_connections"], detail["subscriptions"]) == (1, 1)
    assert detail["sublist_stats"]["num_subscriptions"] == 1


def test_the_system_account_says_that_it_is_one() -> None:
    detail = get_json(Conversation(), "/accountz?acc=$SYS")["account_detail"]

    assert detail["is_system"] is True


def test_services_are_listed_before_streams() -> None:
    detail = get_json(Conversation(SHARING), "/accountz?acc=A")["account_detail"]

    assert detail["exports"] == [
        {"subject": "svc.*", "type": "service", "response_type": "Singleton"},
        {"subject": "multi", "type": "service", "response_type": "Streamed"},
        {
            "subject": "timed",
            "type": "service",
            "response_type": "Singleton",
            "service_latency": {"sampling": 50, "results": "lat"},
        },
        {"subject": "pub.>", "type": "stream", "approved_accounts": ["B"]},
    ]


def test_imports_are_told_with_their_name_here() -> None:
    imports = get_json(Conversation(SHARING), "/accountz?acc=B")["account_detail"]["imports"]

    assert [(each["type"], each["subject"], each["local_subject"]) for each in imports] == [
        ("stream", "pub.>", "from.pub.>"),
        ("stream", "pub.x", "mine"),
        ("service", "svc.time", "time"),
        ("service", "multi", "multi"),
    ]
    assert [each["share"] for each in imports] == [False, False, False, True]


def test_weights_add_up_and_the_rest_stays_where_it_is() -> None:
    talk = Conversation(SHARING)

    detail = get_json(talk, "/accountz?acc=A")["account_detail"]
    of_the_global = get_json(talk, "/accountz?acc=$G")["account_detail"]

    assert detail["mappings"] == {
        "part.*": [
            {"subject": "part.$1", "weight": 10},
            {"subject": "s1", "weight": 50},
            {"subject": "s2", "weight": 100},
        ]
    }
    assert of_the_global["mappings"] == {"a": [{"subject": "b", "weight": 100}]}


def test_an_account_of_an_operator_shows_its_jwt() -> None:
    operator, account = operator_signer(), account_signer("A")
    token = account_jwt(operator, account, {"tags": ["t"]}, name="Acme")
    operators = (operator_jwt(operator),)
    talk = Conversation(
        Options(
            authorization=AuthorizationOptions(
                operator=OperatorOptions(operators=operators, accounts=((account.public, token),))
            )
        )
    )

    detail = get_json(talk, f"/accountz?acc={account.public}")["account_detail"]
    varz = get_json(talk, "/varz")

    assert (detail["jwt"], detail["issuer_key"]) == (token, operator.public)
    assert (detail["name_tag"], detail["tags"]) == ("Acme", ["t"])
    assert detail["decoded_jwt"]["sub"] == account.public
    assert varz["trusted_operators_jwt"] == list(operators)
    assert varz["trusted_operators_claim"][0]["sub"] == operator.public


def test_statistics_keep_what_clients_of_the_account_did_that_left() -> None:
    talk = Conversation(TWO_ACCOUNTS)
    talk.greet(1)
    talk.say(1, login("a") + b"SUB foo 1\r\n")
    talk.greet(2)
    talk.say(2, login("a") + b"PUB foo 5\r\nhello\r\n")
    talk.leave(2)
    talk.greet(3)
    talk.say(3, login("b") + b"PUB foo 1\r\nx\r\n")

    first, second = get_json(talk, "/accstatz")["account_statz"]

    assert (first["acc"], first["conns"], first["num_subscriptions"]) == ("A", 1, 5)
    assert (first["received"]["msgs"], first["received"]["bytes"]) == (1, 5)
    assert (first["sent"]["msgs"], first["sent"]["bytes"]) == (1, 5)
    assert (second["acc"], second["received"]["bytes"], second["sent"]["msgs"]) == ("B", 1, 0)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", ["A"]), ("unused=1", ["A", "B", "$G", "$SYS"])],
)
def test_accounts_without_connections_are_told_of_if_asked_for(
    query: str, expected: list[str]
) -> None:
    talk = Conversation(TWO_ACCOUNTS)
    talk.greet(1)
    talk.say(1, login("a"))

    found = get_json(talk, f"/accstatz?{query}")["account_statz"]

    assert [each["acc"] for each in found] == expected


def test_a_request_on_sys_names_the_accounts() -> None:
    options = b'{"accounts":["B","nope"],"include_unused":true}'

    answer = ask(Conversation(TWO_ACCOUNTS).broker._state, "ACCSTATZ", options, ProcessStatistics())

    assert [each["acc"] for each in json.loads(json.dumps(answer))["account_statz"]] == ["B"]


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_answered_without_options(name: str) -> None:
    answer = ask(Conversation().broker._state, name, b"", ProcessStatistics())

    assert isinstance(json.dumps(answer), str)


def test_a_request_on_sys_hears_the_status_of_health() -> None:
    state = Conversation().broker._state

    assert ask(state, "HEALTHZ", b'{"js-enabled-only":true}', ProcessStatistics()) == {
        "status": "ok",
        "status_code": 200,
    }
