"""A transcript played through the real `telnet` program, which pexpect drives on a terminal.

Laws of the file: telnet's own sentences are taken out of what it shows, everything else is the
server's; what a terminal cannot carry is refused before anything is typed.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from natsim.conformance.mistake import CaseError
from natsim.conformance.transcripts.transcript import Expect, Say
from natsim.conformance.wire.connection import Connection
from natsim.conformance.wire.stream import Wire
from natsim.harness.conform.target import TargetUnavailable

from .outcome import Outcome, play
from .tcp import make_trial, raise_if_denied

if TYPE_CHECKING:
    import pexpect

    from natsim.conformance.patience import Patience
    from natsim.conformance.transcripts.transcript import Transcript
    from natsim.conformance.trial import Login, Trial
    from natsim.conformance.wire.connection import Address

PROGRAM = "telnet"
LINE_BYTES_MAX = 4_000
"""What a terminal takes in one line is 4095 bytes."""

READ_BYTES = 65_536
_FAREWELL = b"Connection closed by foreign host.\r\n"
_GREETING = b"INFO "


def find_telnet() -> str:
    """Find the program. Raises TargetUnavailable with how to install it."""
    found = shutil.which(PROGRAM)
    if found is None:
        raise TargetUnavailable(
            "there is no program telnet on PATH; install it (Debian: apt install telnet, macOS: "
            "brew install telnet), or leave out --telnet"
        )
    return found


def play_by_telnet(
    transcript: Transcript, program: str, address: Address, login: Login, patience: Patience
) -> Outcome:
    """Play a transcript. Raises CaseError for what telnet cannot carry, TargetUnavailable."""
    if address.tls is not None:
        raise CaseError(transcript.path, 0, 0, "telnet speaks no TLS; play it without --telnet")
    _check_carriage(transcript)
    outcome = asyncio.run(_play(transcript, program, address, login, patience))
    raise_if_denied(outcome, address)
    return outcome


async def _play(
    transcript: Transcript, program: str, address: Address, login: Login, patience: Patience
) -> Outcome:
    trial = make_trial(address, login, patience)
    host = _TelnetHost(trial, program, address)
    try:
        return await play(transcript, host, trial.leniences)
    finally:
        host.close()


def _check_carriage(transcript: Transcript) -> None:
    """Raise CaseError at the first line that a terminal does not carry as it is."""
    for step in transcript.steps:
        if isinstance(step, Say):
            if step.cuts:
                _refuse(transcript, step.line, "sends whole lines, uncut")
            if not step.data.endswith(b"\r\n"):
                _refuse(transcript, step.line, "sends whole lines, with their ends")
            _check_lines(transcript, step.line, step.data)
        elif isinstance(step, Expect):
            for wanted in (wanted for choice in step.choices for wanted in choice.wanted):
                shown = wanted.payload if wanted.raw is None else wanted.raw
                _check_lines(transcript, wanted.line, shown or b"\r\n")


def _check_lines(transcript: Transcript, number: int, data: bytes) -> None:
    for line in data.removesuffix(b"\r\n").split(b"\r\n"):
        try:
            text = line.decode()
        except UnicodeDecodeError:
            _refuse(transcript, number, "carries text only, and these bytes are no UTF-8")
        else:
            if not all(letter == "\t" or letter.isprintable() for letter in text):
                _refuse(transcript, number, "carries text only; these are control characters")
        if len(line) > LINE_BYTES_MAX:
            _refuse(transcript, number, f"sends lines of at most {LINE_BYTES_MAX} bytes")


def _refuse(transcript: Transcript, line: int, why: str) -> None:
    raise CaseError(transcript.path, line, 1, f"telnet {why}; play it without --telnet")


class _TelnetHost:
    """Gives connections that telnet makes; all else is as on the network."""

    def __init__(self, trial: Trial, program: str, address: Address) -> None:
        self.dialogue = trial.dialogue
        self._trial = trial
        self._program = program
        self._address = address
        self._began_s = asyncio.get_running_loop().time()
        self._connections: list[Connection] = []

    async def open(self, name: str) -> Connection:
        """Start telnet and read INFO. Raises Failed."""
        wire = Wire()
        TelnetTransport(_spawn(self._program, self._address), wire)
        connection = Connection(name, wire, self.dialogue, self._trial.patience, self._began_s)
        self._connections.append(connection)
        await connection.read_info()
        return connection

    def with_login(self, data: bytes, connection: Connection) -> bytes:
        """Put the user's credentials into a CONNECT."""
        return self._trial.with_login(data, connection)

    def lenient(self, why: str) -> None:
        """Note that the server does what is allowed, but not what others do."""
        self._trial.lenient(why)

    def close(self) -> None:
        """End all that was started."""
        for connection in self._connections:
            connection.shut()


def _spawn(program: str, address: Address) -> pexpect.spawn[bytes]:
    import pexpect

    # -E: no character of what is typed is telnet's own.
    child: pexpect.spawn[bytes] = pexpect.spawn(
        program, ["-E", address.host, str(address.port)], echo=False
    )
    child.delaybeforesend = None
    return child


class TelnetTransport(asyncio.Transport):
    """The transport to a running telnet: what is written is typed, what it shows is read."""

    def __init__(self, child: pexpect.spawn[bytes], protocol: asyncio.Protocol) -> None:
        super().__init__()
        self._child = child
        self._protocol = protocol
        self._screen = Screen()
        self._is_closing = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(child.child_fd, self._read)
        protocol.connection_made(self)

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Type lines."""
        if not self._is_closing:
            with suppress(OSError):
                self._child.send(bytes(data).replace(b"\r\n", b"\n"))

    def can_write_eof(self) -> bool:
        """Say no: the end of a terminal's input ends telnet, and what it has not shown is lost."""
        return False

    def is_closing(self) -> bool:
        """Tell whether telnet has ended, or is being ended."""
        return self._is_closing

    def close(self) -> None:
        """End telnet."""
        if not self._is_closing:
            self._is_closing = True
            self._loop.remove_reader(self._child.child_fd)
            self._child.close(force=True)
            self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        """End telnet."""
        self.close()

    def _read(self) -> None:
        import pexpect

        try:
            data = self._child.read_nonblocking(READ_BYTES, timeout=0)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            self.close()
            return
        was_greeted = self._screen.is_greeted
        shown = self._screen.feed(data)
        if self._screen.is_greeted and not was_greeted:
            # Telnet has switched the echo on when it was connected.
            self._child.setecho(False)
        if shown:
            self._protocol.data_received(shown)


class Screen:
    """What telnet shows, without its own sentences.

    is_greeted: the server's INFO has begun.
    """

    def __init__(self) -> None:
        self.is_greeted = False
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Take what was shown; give what the server sent of it."""
        self._held += data
        if not self.is_greeted:
            at = 0 if self._held.startswith(_GREETING) else self._held.find(b"\n" + _GREETING) + 1
            if not at and not self._held.startswith(_GREETING):
                return b""
            self.is_greeted = True
            self._held = self._held[at:]
        shown, self._held = self._held, b""
        line_at = shown.rfind(b"\n", 0, -1) + 1
        last = shown[line_at:]
        if last and _FAREWELL.startswith(last):
            # Perhaps the beginning of telnet's farewell: what follows will tell.
            shown, self._held = shown[:line_at], last
        return shown
