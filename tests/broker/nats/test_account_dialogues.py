"""Accounts give one another what nats-server lets them give."""

import pytest

from .account_dialogues import ACCOUNT_DIALOGUES
from .conversation import Conversation
from .dialogue import Dialogue, unheard


def _id(dialogue: Dialogue) -> str:
    return dialogue.name


@pytest.mark.parametrize("dialogue", ACCOUNT_DIALOGUES, ids=_id)
def test_accounts_hear_what_is_theirs(dialogue: Dialogue) -> None:
    talk = Conversation(dialogue.options)

    assert unheard(dialogue, talk.turns_of(dialogue)) == []
