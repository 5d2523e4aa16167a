"""The broker answers as nats-server does, however the bytes are cut."""

import pytest

from .conversation import Conversation, without_info
from .exchanges import EXCHANGES, Exchange

CUTS_MAX = 300


def _id(exchange: Exchange) -> str:
    return exchange.name


@pytest.mark.parametrize("exchange", EXCHANGES, ids=_id)
def test_the_broker_answers_as_nats_server_does(exchange: Exchange) -> None:
    talk = Conversation()
    talk.greet(1)

    answer = talk.say(1, exchange.sent)

    assert without_info(answer) == exchange.answer
    assert (1 not in talk.closed) == exchange.is_open


@pytest.mark.parametrize("exchange", EXCHANGES, ids=_id)
def test_one_cut_anywhere_changes_nothing(exchange: Exchange) -> None:
    size = len(exchange.sent)
    step = max(1, size // CUTS_MAX)
    answers = {
        without_info(_say_in_pieces(exchange.sent[:cut], exchange.sent[cut:]))
        for cut in range(1, size, step)
    }

    assert answers <= {exchange.answer}


@pytest.mark.parametrize("exchange", EXCHANGES, ids=_id)
def test_byte_by_byte_changes_nothing(exchange: Exchange) -> None:
    pieces = [exchange.sent[i : i + 1] for i in range(len(exchange.sent))]

    answer = _say_in_pieces(*pieces)

    assert without_info(answer) == exchange.answer


def _say_in_pieces(*pieces: bytes) -> bytes:
    talk = Conversation()
    talk.greet(1)
    return b"".join(talk.say(1, piece) for piece in pieces)
