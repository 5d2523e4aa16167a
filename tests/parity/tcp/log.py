"""What the peers of a probe saw, in a form that is equal wherever a program behaves equally.

Bytes that follow each other are one event: where they were cut is chance on every ground. Peers are
independent: only the order of each one's own events counts, and in which phase of the probe.
"""

from __future__ import annotations

import errno


class Log:
    """The events of each peer, by phases."""

    def __init__(self) -> None:
        self.phases: list[dict[str, list[str | bytes]]] = [{}]

    def note(self, peer: str, event: str | bytes) -> None:
        """Add an event; bytes join bytes."""
        events = self.phases[-1].setdefault(peer, [])
        last = events[-1] if events else None
        if isinstance(event, bytes) and isinstance(last, bytes):
            events[-1] = last + event
        else:
            events.append(event)

    def next_phase(self) -> None:
        """End a phase: everything under way has arrived."""
        self.phases.append({})


def error_name(error: BaseException | None) -> str:
    """Name an error as programs tell it from others: its class, and the system's code."""
    if error is None:
        return "None"
    code = getattr(error, "errno", None)
    kind = type(error).__name__
    return kind if code is None else f"{kind} {errno.errorcode[code]}"
