"""Requests to services of other accounts, and the way back for their answers."""

import json
import re

import pytest

from natsim.broker.nats import limits
from natsim.broker.nats.options import (
    AccountOptions,
    Options,
    ResponseType,
    ServiceExport,
    ServiceImport,
)
from natsim.broker.now import SECOND_NS

from .account_options import options_of
from .conversation import Conversation


def test_an_answer_that_comes_too_late_is_lost() -> None:
    talk = _asked(_services(threshold_ns=SECOND_NS))

    talk.pass_to(1.5)
    talk.heard(2)
    talk.say(1, b"PUB _R_.000000.000000 1\r\nx\r\n")

    assert talk.heard(2) == b""


def test_several_answers_keep_the_way_open() -> None:
    talk = _asked(_services(threshold_ns=SECOND_NS, response_type=ResponseType.STREAM))

    for tenths in (9, 18, 27):
        talk.pass_to(tenths / 10)
        talk.say(1, b"PUB _R_.000000.000000 1\r\nx\r\n")

    assert talk.heard(2).count(b"MSG inb 1 1\r\nx\r\n") == 3


def test_nothing_is_due_once_nothing_is_waited_for() -> None:
    talk = _asked(_services(threshold_ns=3600 * SECOND_NS))
    talk.say(1, b"PUB _R_.000000.000000 1\r\nx\r\n")
    talk.leave(1)
    talk.leave(2)

    talk.pass_to(3700)

    assert talk.broker.deadline() is None


def test_answers_nobody_waits_for_any_more_are_forgotten() -> None:
    talk = _asked(_services())
    debtor = talk.broker._state.accounts.get("A")
    assert debtor is not None

    talk.leave(2)

    assert len(debtor.answers) == 0


def test_the_oldest_answer_is_given_up_when_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "ANSWERS_MAX", 2)
    talk = Conversation(_services())
    talk.log_in(1, "a", b"SUB svc 1\r\n")
    talk.log_in(2, "b", b"SUB inb 1\r\n")
    talk._draws = list(range(24))

    talk.say(2, b"PUB svc inb 1\r\nq\r\n" * 3)
    replies = re.findall(rb"_R_\.\w+\.\w+", talk.heard(1))
    for reply in replies:
        talk.say(1, b"PUB %b 1\r\nx\r\n" % reply)

    assert len(set(replies)) == 3
    assert talk.heard(2) == b"MSG inb 1 1\r\nx\r\n" * 2


def test_who_asks_is_told_where_the_import_shares_it() -> None:
    imports = (ServiceImport(account="A", subject=b"svc", share=True),)
    talk = Conversation(
        options_of(
            AccountOptions(name="A", exports=(ServiceExport(subject=b"svc"),)),
            AccountOptions(name="B", service_imports=imports),
        )
    )
    talk.log_in(1, "a", b"SUB svc 1\r\n")
    talk.log_in(2, "b", b"PUB svc 1\r\nq\r\n")

    heard = talk.heard(1)

    [about] = re.findall(rb"Nats-Request-Info: (.*)\r\n", heard)
    assert list(json.loads(about).items()) == [
        ("start", "1970-01-01T00:00:00.001Z"),
        ("host", "127.0.0.1"),
        ("id", 6),
        ("acc", "B"),
        ("user", "b"),
        ("rtt", 1_000_000),
        ("server", talk.broker.identity.name),
        ("kind", "Client"),
        ("client_type", "nats"),
    ]


def test_a_request_that_goes_in_a_circle_ends() -> None:
    def account(name: str, other: str) -> AccountOptions:
        return AccountOptions(
            name=name,
            exports=(ServiceExport(subject=b"svc"),),
            service_imports=(ServiceImport(account=other, subject=b"svc"),),
        )

    talk = Conversation(options_of(account("A", "B"), account("B", "A")))
    talk.log_in(1, "a", b"SUB inb 1\r\n")

    heard = talk.say(1, b"PUB svc inb 1\r\nq\r\n")

    assert heard == b"HMSG inb 1 35 35\r\nNATS/1.0 503\r\nNats-Subject: svc\r\n\r\n\r\n"


def test_an_import_that_was_not_allowed_is_left_out() -> None:
    export = ServiceExport(subject=b"svc", accounts=("C",))
    imports = (ServiceImport(account="A", subject=b"svc"),)
    talk = Conversation(
        options_of(
            AccountOptions(name="A", exports=(export,)),
            AccountOptions(name="B", service_imports=imports),
        )
    )
    talk.log_in(1, "a", b"SUB svc 1\r\n")

    talk.log_in(2, "b", b"PUB svc 1\r\nq\r\n")

    assert talk.heard(1) == b""


def _services(
    threshold_ns: int = 0, response_type: ResponseType = ResponseType.SINGLETON
) -> Options:
    export = ServiceExport(subject=b"svc", threshold_ns=threshold_ns, response_type=response_type)
    imports = (ServiceImport(account="A", subject=b"svc"),)
    return options_of(
        AccountOptions(name="A", exports=(export,)),
        AccountOptions(name="B", service_imports=imports),
    )


def _asked(options: Options) -> Conversation:
    """Let B ask A; the answer goes to _R_.000000.000000."""
    talk = Conversation(options)
    talk.log_in(1, "a", b"SUB svc 1\r\n")
    talk.log_in(2, "b", b"SUB inb 1\r\nPUB svc inb 1\r\nq\r\n")
    return talk
