import pytest
from tests.broker.nats.conversation import Conversation

from natsim.broker.nats.monitor import ProcessStatistics, ask

from .asking import get_json
from .test_connz import TWO_ACCOUNTS, login


def two_accounts() -> Conversation:
    talk = Conversation(TWO_ACCOUNTS)
    talk.greet(1)
    talk.say(1, login("a") + b"SUB foo 1\r\nSUB foo.* q 2\r\nUNSUB 2 3\r\n")
    talk.greet(2)
    talk.say(2, login("b") + b"SUB foo 1\r\nSUB gone 2\r\nUNSUB 2\r\nPUB foo 0\r\n\r\n")
    return talk


def subjects(talk: Conversation, query: str) -> list[str]:
    answer = get_json(talk, f"/subsz?subs=1&{query}")
    return [each["subject"] for each in answer.get("subscriptions_list", [])]


def test_counts_of_all_accounts_are_added() -> None:
    answer = get_json(two_accounts(), "/subsz")

    assert list(answer) == [
        "server_id",
        "now",
        "num_subscriptions",
        "num_cache",
        "num_inserts",
        "num_removes",
        "num_matches",
        "cache_hit_rate",
        "max_fanout",
        "avg_fanout",
        "total",
        "offset",
        "limit",
    ]
    assert (answer["num_subscriptions"], answer["num_inserts"], answer["num_removes"]) == (3, 4, 1)
    assert (answer["num_matches"], answer["max_fanout"], answer["avg_fanout"]) == (1, 1, 1)
    assert answer["total"] == 0


def test_subscriptions_are_listed_with_their_account() -> None:
    answer = get_json(two_accounts(), "/subsz?subs=1&limit=2")

    assert (answer["total"], answer["limit"]) == (3, 2)
    assert answer["subscriptions_list"] == [
        {"account": "A", "account_tag": "A", "subject": "foo", "sid": "1", "msgs": 0, "cid": 5},
        {
            "account": "A",
            "account_tag": "A",
            "subject": "foo.*",
            "qgroup": "q",
            "sid": "2",
            "msgs": 0,
            "max": 3,
            "cid": 5,
        },
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["foo", "foo.*", "foo"]),
        ("acc=B", ["foo"]),
        ("acc=nope", []),
        ("test=foo.x", ["foo.*"]),
        ("test=foo", ["foo", "foo"]),
        ("test=foo&acc=A", ["foo"]),
        ("offset=1&limit=1", ["foo.*"]),
        ("offset=5", []),
        ("limit=-1", ["foo", "foo.*", "foo"]),
    ],
)
def test_an_account_a_subject_or_a_page_is_chosen(query: str, expected: list[str]) -> None:
    assert subjects(two_accounts(), query) == expected


def test_an_account_is_counted_alone() -> None:
    assert get_json(two_accounts(), "/subsz?acc=A")["num_subscriptions"] == 2


def test_a_request_on_sys_has_the_same_options_as_json() -> None:
    options = b'{"subscriptions":true,"account":"A","test":"foo.x","limit":5}'

    answer = ask(two_accounts().broker._state, "SUBSZ", options, ProcessStatistics())

    assert (answer["total"], answer["limit"], answer["num_subscriptions"]) == (1, 5, 2)
