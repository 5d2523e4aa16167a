"""The digest of a plan: equal for equal plans, on every machine and Python."""

import json
from dataclasses import fields, is_dataclass
from hashlib import blake2b

from .plan import Plan


def digest(plan: Plan) -> str:
    """Return 32 hexadecimal digits: BLAKE2b of the plan as JSON, keys sorted, no spaces, ASCII."""
    text = json.dumps(plan, default=_fields, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def _fields(value: object) -> dict[str, object]:
    # json.dumps asks here about everything it does not know: the dataclasses of a plan.
    assert is_dataclass(value)
    return {field.name: getattr(value, field.name) for field in fields(value)}
