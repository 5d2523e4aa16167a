"""Asking a broker how it is, without any network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from natsim.broker.nats.monitor import MonitorRequest, MonitorResponse, ProcessStatistics
from natsim.broker.now import Now

if TYPE_CHECKING:
    from tests.broker.nats.conversation import Conversation


def get(
    talk: Conversation,
    target: str,
    method: str = "GET",
    process: ProcessStatistics | None = None,
) -> MonitorResponse:
    """Ask for a target, at the conversation's time."""
    now = Now(talk.now_ns, talk.now_ns)
    return talk.broker.monitor(MonitorRequest(target, method), process or ProcessStatistics(), now)


def get_json(
    talk: Conversation, target: str, process: ProcessStatistics | None = None
) -> dict[str, Any]:
    """Ask for a target that has an answer in JSON."""
    response = get(talk, target, process=process)
    assert (response.status, dict(response.headers)["Content-Type"]) == (200, "application/json")
    fields: dict[str, Any] = json.loads(response.body)
    return fields


def refusal(talk: Conversation, target: str) -> str:
    """Ask for a target that is refused; give the text."""
    response = get(talk, target)
    assert response.status == 400
    assert response.headers == (("Content-Type", "text/plain; charset=utf-8"),)
    return response.body.decode()


def cids(talk: Conversation, query: str) -> list[int]:
    """Ask /connz; give which connections it names."""
    return [each["cid"] for each in get_json(talk, f"/connz?{query}")["connections"]]
