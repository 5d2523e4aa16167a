"""Time and entropy of the node, under the names a client's modules already use.

Once per process, names such as `time` and `shuffle` are swapped *inside the client's modules* for
ones that look which node is running, and pass through outside a simulated world. Nothing is patched
globally: pytest, logging and Hypothesis keep the real ones.
Law of the file: every name of nats-py that touches the outside is in SWAPS or in HARMLESS; a test
reads the installed nats-py and fails for one that is in neither.
"""

from __future__ import annotations

import datetime as real_datetime
import importlib
import random
import secrets
import time as real_time
import uuid
from asyncio import events
from collections.abc import Callable, MutableSequence
from typing import TYPE_CHECKING, Any

from .errors import NotSimulated
from .loop import SimLoop

if TYPE_CHECKING:
    from .node import Node

SECOND_NS = 1_000_000_000

_EPOCH = real_datetime.datetime(1970, 1, 1, tzinfo=real_datetime.UTC)

NO_JETSTREAM = "natsim does not simulate JetStream; use --on nats-server"


def running_node() -> Node | None:
    """Give the node whose step is running, None outside a simulated world."""
    loop = events._get_running_loop()  # noqa: SLF001
    return loop.node if isinstance(loop, SimLoop) else None


class NodeTime:
    """The module `time`, with the clocks of the running node."""

    def __getattr__(self, name: str) -> Any:
        return getattr(real_time, name)

    def monotonic_ns(self) -> int:
        """Read the node's clock that never goes back."""
        node = running_node()
        return real_time.monotonic_ns() if node is None else node.mono_ns()

    def monotonic(self) -> float:
        """Read it in seconds."""
        node = running_node()
        return real_time.monotonic() if node is None else node.mono_ns() / SECOND_NS

    def time_ns(self) -> int:
        """Read the node's wall clock."""
        node = running_node()
        return real_time.time_ns() if node is None else node.wall_ns()

    def time(self) -> float:
        """Read it in seconds."""
        node = running_node()
        return real_time.time() if node is None else node.wall_ns() / SECOND_NS

    perf_counter_ns = monotonic_ns
    perf_counter = monotonic

    def sleep(self, seconds: float) -> None:
        """Refuse to block a world."""
        if running_node() is not None:
            raise NotSimulated("time.sleep would stop the whole simulated world; use asyncio.sleep")
        real_time.sleep(seconds)


class NodeDatetime(real_datetime.datetime):
    """The class `datetime`, whose now is the running node's."""

    @classmethod
    def now(cls, tz: real_datetime.tzinfo | None = None) -> Any:
        node = running_node()
        if node is None:
            return real_datetime.datetime.now(tz)
        # By integers: a float of seconds since 1970 is off by more than a hundred nanoseconds.
        moment = _EPOCH + real_datetime.timedelta(microseconds=node.wall_ns() // 1000)
        return moment.astimezone(tz) if tz is not None else moment.replace(tzinfo=None)

    @classmethod
    def utcnow(cls) -> Any:
        return cls.now(real_datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return cls.now()


class NodeDatetimeModule:
    """The module `datetime`, with that class in it."""

    datetime = NodeDatetime

    def __getattr__(self, name: str) -> Any:
        return getattr(real_datetime, name)


def randbelow(exclusive_upper_bound: int) -> int:
    """Draw as secrets.randbelow does."""
    node = running_node()
    if node is None:
        return secrets.randbelow(exclusive_upper_bound)
    return node.source("secrets").below(exclusive_upper_bound)


def token_bytes(nbytes: int | None = None) -> bytes:
    """Draw as secrets.token_bytes does."""
    node = running_node()
    if node is None:
        return secrets.token_bytes(nbytes)
    return node.source("secrets").octets(32 if nbytes is None else nbytes)


def token_hex(nbytes: int | None = None) -> str:
    """Draw as secrets.token_hex does."""
    return token_bytes(nbytes).hex()


def shuffle(items: MutableSequence[Any]) -> None:
    """Shuffle as random.shuffle does."""
    node = running_node()
    if node is None:
        random.shuffle(items)
        return
    source = node.source("shuffle")
    for last in range(len(items) - 1, 0, -1):
        other = source.below(last + 1)
        items[last], items[other] = items[other], items[last]


def uuid4() -> uuid.UUID:
    """Draw as uuid.uuid4 does."""
    node = running_node()
    if node is None:
        return uuid.uuid4()
    return uuid.UUID(bytes=node.source("uuid").octets(16), version=4)


SWAPS: dict[tuple[str, str], object] = {
    ("nats.aio.client", "time"): NodeTime(),
    ("nats.aio.client", "token_hex"): token_hex,
    ("nats.aio.client", "shuffle"): shuffle,
    ("nats.aio.subscription", "uuid4"): uuid4,
    ("nats.nuid", "randbelow"): randbelow,
    ("nats.nuid", "token_bytes"): token_bytes,
    ("nats.js.client", "time"): NodeTime(),
    ("nats.js.client", "token_hex"): token_hex,
    ("nats.js.kv", "datetime"): NodeDatetimeModule(),
    ("nats.js.object_store", "datetime"): NodeDatetime,
    ("nats.micro.service", "time"): NodeTime(),
    ("nats.micro.service", "datetime"): NodeDatetime,
}
"""What stands for which name of which module."""

HARMLESS: dict[tuple[str, str], str] = {
    ("nats.nuid", "Random"): "a generator of its own, seeded by the randbelow that is swapped",
    ("nats.aio.msg", "datetime"): "only converts the time stamps of JetStream's messages",
    ("nats.js.api", "datetime"): "only converts JetStream's time stamps",
    ("nats.aio.transport", "aiohttp"): "WebSocket connections: not simulated",
}
"""Names that look as if they touched the outside, and why they do no harm."""

_installed: list[str] = []


def install() -> None:
    """Swap the names, once per process."""
    if _installed:
        return
    for (module_name, name), stand_in in SWAPS.items():
        module = importlib.import_module(module_name)
        # A nats-py that lacks the name has nothing to swap; the test tells of new ones.
        if hasattr(module, name):
            setattr(module, name, stand_in)
            _installed.append(f"{module_name}.{name}")
    _guard_jetstream()


def _guard_jetstream() -> None:
    js: Any = importlib.import_module("nats.js")
    for cls in (js.JetStreamContext, js.JetStreamManager):
        cls.__init__ = _refusing(cls.__init__)


def _refusing(init: Callable[..., None]) -> Callable[..., None]:
    def guarded(self: object, *args: object, **kwargs: object) -> None:
        if running_node() is not None:
            raise NotSimulated(NO_JETSTREAM)
        init(self, *args, **kwargs)

    return guarded
