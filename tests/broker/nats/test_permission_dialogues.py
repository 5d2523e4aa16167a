"""The broker holds users to their permissions as nats-server does."""

import pytest

from natsim.broker.effects import Level, Note
from natsim.broker.nats.options import (
    AuthorizationOptions,
    Options,
    Permissions,
    ResponseRule,
    SubjectRules,
    UserOptions,
)
from natsim.broker.now import SECOND_NS

from .conversation import Conversation
from .dialogue import QUIET, Dialogue, connect_line, unheard
from .permission_dialogues import PERMISSION_DIALOGUES


def _id(dialogue: Dialogue) -> str:
    return dialogue.name


@pytest.mark.parametrize("dialogue", PERMISSION_DIALOGUES, ids=_id)
def test_a_user_is_held_to_its_permissions(dialogue: Dialogue) -> None:
    talk = Conversation(dialogue.options)

    assert unheard(dialogue, talk.turns_of(dialogue)) == []


def test_a_denied_publication_is_answered_when_it_is_whole() -> None:
    talk = _one_who_may(SubjectRules(allow=(b"foo",)))

    heard = [talk.say(1, b"PUB bar 3\r\na"), talk.say(1, b"bc\r\n")]

    assert heard == [b"", b"-ERR 'Permissions Violation for Publish to \"bar\"'\r\n"]


def test_a_line_that_repeats_is_still_denied() -> None:
    talk = _one_who_may(SubjectRules(deny=(b"bar",)))

    heard = talk.say(1, b"PUB bar 1\r\nx\r\n" * 5)

    assert heard == b"-ERR 'Permissions Violation for Publish to \"bar\"'\r\n" * 5


def test_an_answer_comes_too_late() -> None:
    rule = ResponseRule(max_messages=-1, expires_ns=SECOND_NS)
    talk = _one_who_may(SubjectRules(), rule)
    talk.say(1, b"SUB req 1\r\n")
    talk.join(2, b"PUB req r 1\r\nx\r\n")
    talk.heard(1)

    talk.pass_to(1)
    in_time = talk.say(1, b"PUB r 1\r\nx\r\n")
    talk.pass_to(1.1)
    too_late = talk.say(1, b"PUB r 1\r\nx\r\n")

    assert (in_time, too_late) == (
        b"",
        b"-ERR 'Permissions Violation for Publish to \"r\"'\r\n",
    )


def test_a_violation_is_logged() -> None:
    talk = _one_who_may(SubjectRules(allow=(b"foo",)))

    talk.say(1, b"PUB bar 0\r\n\r\n")

    assert talk.effects[-1] == Note(
        Level.ERROR, '127.0.0.1:50001 - cid:5 - "$G/user:a" - Publish Violation - Subject "bar"'
    )


def _one_who_may(publish: SubjectRules, responses: ResponseRule | None = None) -> Conversation:
    permissions = Permissions(publish=publish, responses=responses)
    users = (UserOptions(name="a", password="a", permissions=permissions), UserOptions(name="b"))
    authorization = AuthorizationOptions(users=users, no_auth_user="b")
    talk = Conversation(Options(authorization=authorization))
    talk.greet(1)
    talk.say(1, connect_line("a", QUIET))
    return talk
