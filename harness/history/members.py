"""What the value of each kind of line must hold: the one table behind reader and JSON Schema."""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from natsim.record import record

from .entry import Json


class Shape(Enum):
    """What may stand behind a key; the value says it in words."""

    TEXT = "a text"
    TEXT_OR_NULL = "a text or null"
    COUNT = "a whole number, 0 or more"
    TEXTS = "a list of texts"


@record
class Member:
    """One key of a value."""

    key: str
    shape: Shape
    is_required: bool = True


_CONN = Member("conn", Shape.TEXT_OR_NULL)
_SUB = Member("sub", Shape.TEXT)
_SUBJECT = Member("subject", Shape.TEXT)
_MAX = Member("max", Shape.COUNT, is_required=False)
_PAYLOAD = (Member("size", Shape.COUNT), Member("sha", Shape.TEXT))
_SERVER = (
    Member("conn", Shape.TEXT),
    Member("server", Shape.TEXT),
    Member("server_id", Shape.TEXT),
    Member("cid", Shape.COUNT, is_required=False),
)

# By the `type` and the `f` of the line; a pair that is not here has nothing it must hold.
MEMBERS: Mapping[tuple[str, str], tuple[Member, ...]] = MappingProxyType(
    {
        ("invoke", "connect"): (Member("servers", Shape.TEXTS),),
        ("invoke", "subscribe"): (
            _SUB,
            _CONN,
            _SUBJECT,
            Member("queue", Shape.TEXT_OR_NULL, is_required=False),
            _MAX,
        ),
        ("invoke", "unsubscribe"): (_SUB, _CONN, _MAX),
        ("invoke", "publish"): (
            Member("msg", Shape.TEXT),
            _CONN,
            _SUBJECT,
            *_PAYLOAD,
            Member("reply", Shape.TEXT_OR_NULL, is_required=False),
        ),
        ("invoke", "request"): (
            Member("msg", Shape.TEXT),
            _CONN,
            _SUBJECT,
            *_PAYLOAD,
            Member("timeout", Shape.COUNT),
        ),
        ("invoke", "flush"): (_CONN,),
        ("invoke", "drain"): (_CONN,),
        ("invoke", "close"): (_CONN,),
        ("ok", "connect"): _SERVER,
        ("ok", "request"): (Member("msg", Shape.TEXT_OR_NULL), *_PAYLOAD),
        ("observe", "connected"): _SERVER[1:],
        ("observe", "error"): (Member("text", Shape.TEXT),),
    }
)


def problem_of(members: Mapping[str, Json], type_: str, f: str) -> str | None:
    """Say what is wrong with the value of a line, or None.

    >>> problem_of({"conn": 5}, "invoke", "flush")
    '`conn` is 5; it must be a text or null'
    """
    for member in MEMBERS.get((type_, f), ()):
        if member.key not in members:
            if member.is_required:
                return f"`{member.key}` is missing; a {f} has it ({member.shape.value})"
        elif not fits(members[member.key], member.shape):
            return f"`{member.key}` is {members[member.key]!r}; it must be {member.shape.value}"
    return None


def fits(value: Json, shape: Shape) -> bool:
    """Tell whether a value has a shape.

    >>> fits(None, Shape.TEXT_OR_NULL), fits(True, Shape.COUNT), fits(["a"], Shape.TEXTS)
    (True, False, True)
    """
    match shape:
        case Shape.TEXT:
            return isinstance(value, str)
        case Shape.TEXT_OR_NULL:
            return value is None or isinstance(value, str)
        case Shape.COUNT:
            # A bool is an int to isinstance, and no count.
            return type(value) is int and value >= 0
        case Shape.TEXTS:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
