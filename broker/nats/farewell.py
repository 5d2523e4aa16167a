"""Lame duck mode: send the clients away, little by little, then exit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.effects import CloseReason, Exit, Level, Note, StopListening
from natsim.broker.now import SECOND_NS

from .alarms import Alarm, no_alarms

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import Client
    from .state import State

_STEP_NS_MAX = SECOND_NS


class Farewell:
    """Closes the clients one by one after a grace period.

    tell(client): sends a client the INFO that asks it to go.
    """

    __slots__ = ("_is_closing", "_leaving", "_state", "_step_ns", "_tell", "due_ns")

    def __init__(self, state: State, tell: Callable[[Client], None]) -> None:
        self._state = state
        self._tell = tell
        self._leaving: list[Client] = []
        self._step_ns = 0
        self._is_closing = False
        self.due_ns = no_alarms()

    def begin(self) -> None:
        """Take no more clients; tell those that are here; let them go after the grace period."""
        state = self._state
        if state.is_lame_duck:
            return
        state.is_lame_duck = True
        state.effects.append(
            Note(Level.INFO, "Entering lame duck mode, stop accepting new clients")
        )
        state.effects.append(StopListening())
        state.events.lame_duck()
        if not state.clients:
            self.stop()
            return
        options = state.options
        closing_ns = options.lame_duck_duration_ns - options.lame_duck_grace_ns
        self._leaving = list(state.clients.values())
        self._step_ns = min(
            (closing_ns if closing_ns > 0 else SECOND_NS) // len(self._leaving), _STEP_NS_MAX
        )
        for client in self._leaving:
            if client.is_told_connect_info and client.options.protocol >= 1:
                self._tell(client)
        self._leaving.reverse()
        state.alarms.set(self, Alarm.LAME_DUCK, state.now.mono_ns + options.lame_duck_grace_ns)

    def step_is_due(self) -> None:
        """Close one client; the last one ends the server."""
        state = self._state
        if not self._is_closing:
            self._is_closing = True
            state.effects.append(Note(Level.INFO, "Closing existing clients"))
        while self._leaving and self._leaving[-1].is_closed:
            self._leaving.pop()
        if self._leaving:
            state.refuse(self._leaving.pop(), None, CloseReason.SERVER_SHUTDOWN)
        if not self._leaving:
            self.stop()
            return
        # At least half of a step, as nats-server draws it.
        pause_ns = max(state.draw(max(self._step_ns, 1)), self._step_ns // 2)
        state.alarms.set(self, Alarm.LAME_DUCK, state.now.mono_ns + pause_ns)

    def stop(self) -> None:
        """Close every client and exit."""
        state = self._state
        state.effects.append(StopListening())
        state.events.shutdown()
        for client in list(state.clients.values()):
            state.refuse(client, None, CloseReason.SERVER_SHUTDOWN)
        state.effects.append(Exit(0))
