"""The broker answers and closes as every row of the error table says."""

import pytest

from natsim.broker.effects import Abort, CloseReason, Level
from natsim.broker.nats.options import Options

from .conversation import Conversation
from .error_table import ROWS as PLAIN_ROWS
from .error_table import Row, settled
from .error_table_of_users import USER_ROWS

ROWS = [*PLAIN_ROWS, *USER_ROWS]


def _id(row: Row) -> str:
    return f"{row.rule} {row.sent[-30:]!r}"


@pytest.mark.parametrize("row", ROWS, ids=_id)
def test_the_broker_answers_as_the_row_says(row: Row) -> None:
    talk = Conversation(row.setting.options)

    answer = _ask(talk, row)

    assert answer == row.answer
    assert (1 not in talk.closed) == row.is_open


@pytest.mark.parametrize("row", [row for row in ROWS if row.log], ids=_id)
def test_the_broker_logs_as_the_row_says(row: Row) -> None:
    talk = Conversation(row.setting.options)

    _ask(talk, row)

    errors = [note.text.split(" - ", 2)[-1] for note in talk.notes if note.level is Level.ERROR]
    assert errors[:1] == [row.log]


def test_a_slow_consumer_gets_no_error_line() -> None:  # 13.32
    talk = Conversation(Options(max_payload=1000, max_pending=1000))
    talk.join(1, b"SUB a 1\r\n")
    talk.join(2)

    talk.say(2, b"PUB a 900\r\n" + b"x" * 900 + b"\r\n" + b"PUB a 900\r\n" + b"x" * 900 + b"\r\n")

    assert talk.heard(1) == b""
    assert talk.closed[1] == Abort(1, CloseReason.SLOW_CONSUMER_PENDING_BYTES)


def _ask(talk: Conversation, row: Row) -> bytes:
    heard = talk.greet(1)
    heard += talk.say(1, row.sent)
    talk.pass_to(row.wait_s)
    heard += talk.heard(1)
    return settled(heard)
