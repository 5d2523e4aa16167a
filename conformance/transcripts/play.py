"""Plays a transcript to a server.

Laws of the file: before the dialogue turns to another connection, PING proves that the server has
processed what was typed on the one before; at the end the same proves that it has nothing else to
say; what it says without being expected fails.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from natsim.conformance.failure import Failed
from natsim.conformance.wire.connection import Silence

from .match import difference_at, expected_text, match_frame
from .parse import typed_size
from .transcript import (
    CLOSED,
    FIRST,
    NOTHING,
    Barriers,
    Choice,
    Expect,
    Leave,
    Say,
    TimeOut,
    Turn,
    Wait,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.conformance.wire.connection import Connection
    from natsim.conformance.wire.dialogue import Dialogue

    from .transcript import Step, Transcript, Wanted


class Host(Protocol):
    """Gives connections to the server a transcript is played to."""

    dialogue: Dialogue

    async def open(self, name: str) -> Connection:
        """Connect and read INFO. Raises Failed, Skipped or Undecided."""
        ...

    def with_login(self, data: bytes, connection: Connection) -> bytes:
        """Put the user's credentials into a CONNECT."""
        ...

    def lenient(self, why: str) -> None:
        """Note that the server does what is allowed, but not what others do."""
        ...


async def play_transcript(transcript: Transcript, host: Host) -> dict[str, str]:
    """Play a transcript; gives what it captured. Raises Failed."""
    player = _Player(transcript, host)
    for number, step in enumerate(transcript.steps):
        following = transcript.steps[number + 1] if number + 1 < len(transcript.steps) else None
        await player.take(step, following)
    await player.finish()
    return player.names


class _Talk:
    """One connection of the transcript.

    pongs_due: PONGs that typed PINGs still have to bring. has_new: something was typed that is not
    settled.
    """

    def __init__(self, connection: Connection, are_barriers_on: bool) -> None:
        self.connection = connection
        self.are_barriers_on = are_barriers_on
        self.pongs_due = 0
        self.has_new = False
        self.has_ended = False
        self.line = 0


class _Player:
    def __init__(self, transcript: Transcript, host: Host) -> None:
        self._transcript = transcript
        self._host = host
        self._talks: dict[str, _Talk] = {}
        self._wait_s: float | None = None
        self._are_barriers_on = transcript.front.get("barriers") is not False
        self._current = FIRST
        self.names: dict[str, str] = {}

    async def take(self, step: Step, following: Step | None) -> None:
        """Take one step."""
        if isinstance(step, TimeOut):
            self._wait_s = step.ns / 1e9
            return
        if isinstance(step, Turn):
            await self._turn(step, following)
            return
        talk = await self._talk(step.conn, step)
        talk.line = step.line
        match step:
            case Say():
                await self._say(step, talk)
            case Expect():
                await self._expect(step, talk)
            case Wait():
                await self._wait(step, following)
            case Barriers():
                talk.are_barriers_on = step.are_on
                self._are_barriers_on = step.are_on
            case Leave():
                await self._settle(talk)
                await talk.connection.leave()
                talk.has_ended = True

    async def finish(self) -> None:
        """Prove that the server has nothing else to say on any connection."""
        for talk in self._talks.values():
            await self._settle(talk)
        for talk in self._talks.values():
            if talk.has_ended:
                continue
            left = [] if talk.are_barriers_on else await self._hear_quiet(talk)
            left += await talk.connection.finish()
            if left:
                raise talk.connection.failed(
                    b"", b"".join(left), "nothing else should come", line=talk.line
                )

    async def _turn(self, step: Turn, following: Step | None) -> None:
        if self._current in self._talks and self._current != step.conn:
            await self._settle(self._talks[self._current])
        self._current = step.conn
        await self._talk(step.conn, following)

    async def _talk(self, name: str, step: Step | None) -> _Talk:
        talk = self._talks.get(name)
        if talk is None:
            connection = await self._host.open(name)
            talk = _Talk(connection, self._are_barriers_on)
            self._talks[name] = talk
            # INFO is passed over, unless it is what the transcript wants first.
            wants_info = isinstance(step, Expect) and any(
                choice.wanted[0].text.startswith(("INFO", "C:INFO")) or choice.wanted[0].raw
                for choice in step.choices
            )
            if wants_info:
                connection.unread(connection.info_line)
        return talk

    async def _say(self, step: Say, talk: _Talk) -> None:
        data = step.data
        for name, word in self.names.items():
            data = data.replace(b"{%b}" % name.encode(), word.encode("utf-8", "surrogateescape"))
        if step.data[:7].upper() == b"CONNECT":
            data = self._host.with_login(data, talk.connection)
        await talk.connection.write(data, step.cuts)
        talk.has_new = True
        talk.pongs_due += pings_in(data)

    async def _wait(self, step: Wait, following: Step | None) -> None:
        """Let time pass on all connections; only a PING that is expected next is not answered."""
        wants_ping = isinstance(following, Expect) and any(
            wanted.text.startswith("PING")
            for choice in following.choices
            for wanted in choice.wanted
        )
        if wants_ping:
            await asyncio.sleep(step.ns / 1e9)
            return
        await asyncio.gather(
            *(talk.connection.idle(step.ns / 1e9) for talk in self._talks.values())
        )

    async def _settle(self, talk: _Talk) -> None:
        if not talk.has_new or not talk.are_barriers_on or talk.has_ended:
            return
        try:
            await talk.connection.settle(talk.pongs_due)
        except Silence:
            raise talk.connection.failed(
                b"PONG\r\n", b"", "no PONG came for our PING", line=talk.line
            ) from None
        talk.has_new = False

    async def _expect(self, step: Expect, talk: _Talk) -> None:
        if step.choices[0].wanted[0].text == NOTHING and step.choices[0].wanted[0].raw is None:
            await self._expect_nothing(step, talk)
            return
        open_choices = list(step.choices)
        heard: list[bytes] = []
        failure: Failed | None = None
        while open_choices:
            done = [choice for choice in open_choices if len(choice.wanted) == len(heard)]
            if done:
                if done[0].is_lenient:
                    self._host.lenient(f"line {step.line}: the answer is allowed, but unusual")
                return
            frame = await self._hear(step, open_choices, len(heard), talk)
            heard.append(frame)
            if frame == b"PONG\r\n":  # if none is due, of a PING among other bytes
                talk.pongs_due = max(0, talk.pongs_due - 1)
            left: list[Choice] = []
            for choice in open_choices:
                try:
                    self._compare(step, choice, heard, frame, talk)
                except Failed as error:
                    failure = failure or error
                else:
                    left.append(choice)
            if left:
                failure = None
            open_choices = left
        assert failure is not None, "the last choice was refused"
        raise failure

    async def _hear(self, step: Expect, choices: list[Choice], at: int, talk: _Talk) -> bytes:
        wanted = [choice.wanted[at] for choice in choices]
        texts = [each.text for each in wanted]
        over = [
            verb
            for verb in (b"PING", b"INFO")
            if not any(text.startswith(verb.decode()) for text in texts)
            and not any(each.raw is not None and each.raw.startswith(verb) for each in wanted)
        ]
        try:
            if self._wait_s is None and talk.are_barriers_on and _is_prompt(texts):
                return await talk.connection.hear_soon(over, talk.pongs_due)
            return await talk.connection.hear(self._wait_s, over)
        except Silence:
            expected = _closed_or_text(wanted[0])
            why = (
                "the server did not close the connection"
                if wanted[0].text == CLOSED
                else "nothing came"
            )
            raise talk.connection.failed(expected, b"", why, line=wanted[0].line) from None

    def _compare(
        self, step: Expect, choice: Choice, heard: list[bytes], frame: bytes, talk: _Talk
    ) -> None:
        if step.in_any_order:
            self._compare_set(choice, heard, talk)
            return
        wanted = choice.wanted[len(heard) - 1]
        if wanted.text == CLOSED and wanted.raw is None:
            if frame:
                raise talk.connection.failed(
                    b"<closed>", frame, "the server did not close", line=wanted.line
                )
            talk.has_ended = True
            return
        if not frame:
            raise talk.connection.failed(
                expected_text(wanted), b"", "the server closed the connection", line=wanted.line
            )
        match = match_frame(wanted, frame, self.names, self._transcript.compare)
        if not match.is_match:
            at = difference_at(wanted, frame, self.names)
            raise talk.connection.failed(
                expected_text(wanted), frame, match.why, line=wanted.line, at=at
            )
        self.names.update(match.captured)

    def _compare_set(self, choice: Choice, heard: list[bytes], talk: _Talk) -> None:
        left = list(choice.wanted)
        for frame in heard:
            for wanted in left:
                match = match_frame(wanted, frame, self.names, self._transcript.compare)
                if match.is_match:
                    left.remove(wanted)
                    break
            else:
                if not frame:
                    why = "the server closed the connection"
                else:
                    why = "it is none of the answers that may come"
                raise talk.connection.failed(expected_text(left[0]), frame, why, line=left[0].line)

    async def _expect_nothing(self, step: Expect, talk: _Talk) -> None:
        if talk.are_barriers_on:
            talk.has_new = True
            await self._settle(talk)
            left = talk.connection.pending()
        else:
            left = await self._hear_quiet(talk)
        if left:
            raise talk.connection.failed(b"", b"".join(left), "nothing should come", line=step.line)

    async def _hear_quiet(self, talk: _Talk) -> list[bytes]:
        quiet_s = talk.connection.patience.quiet_s if self._wait_s is None else self._wait_s
        try:
            frame = await talk.connection.hear(quiet_s)
        except Silence:
            return []
        return [frame or b"<closed>"]


def pings_in(data: bytes) -> int:
    """Count the PINGs in what is typed, but not in its payloads."""
    count = 0
    while data:
        line, end, data = data.partition(b"\n")
        count += bool(end) and line[:4].upper() == b"PING"
        size = typed_size(line.decode("latin-1"))
        if size is not None:
            data = data[size + 2 :]
    return count


def _is_prompt(texts: Sequence[str]) -> bool:
    """Tell whether the server says all this before it answers a PING that comes later."""
    return all(text.startswith(("MSG ", "HMSG ", "+OK")) for text in texts)


def _closed_or_text(wanted: Wanted) -> bytes:
    return wanted.text.encode() if wanted.text == CLOSED else expected_text(wanted)
