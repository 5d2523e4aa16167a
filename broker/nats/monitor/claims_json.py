"""What a JWT says, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from natsim.broker.nats.base64_text import decode_url

if TYPE_CHECKING:
    from natsim.broker.nats.json_text import Fields


def claims_json(token: str) -> Fields:
    """Give the claims of a JWT, in the order that its maker wrote them.

    token: one that was proven before.
    """
    claims: Fields = json.loads(decode_url(token.split(".")[1]) or b"{}")
    return claims
