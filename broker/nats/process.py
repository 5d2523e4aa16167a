"""What only the operating system knows of a server, as an argument."""

from collections.abc import Callable
from dataclasses import dataclass


def _no_stacks() -> str:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStatistics:
    """The process at one moment.

    memory_bytes: resident. cpu_percent: of one processor, lately. cores: processors it may use.
    command: how it was started. tls_cert_not_after_ns: when the certificate of the client port
    expires, 0 without one. stacks(): where all threads and tasks are, for people.
    """

    memory_bytes: int = 0
    cpu_percent: float = 0.0
    cores: int = 1
    command: tuple[str, ...] = ()
    tls_cert_not_after_ns: int = 0
    stacks: Callable[[], str] = _no_stacks
