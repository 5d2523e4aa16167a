r"""The conformance document: every case on every server, as frozen values.

Its JSON is `natsim.conformance/1`, which natsim conform writes; docs/reference/report.md and
schemas/conformance-1.json describe it. Texts are legible and cut already. Bytes of the wire are
escaped text: CR LF as `\r\n`, what cannot be printed as `\xNN`, a backslash as `\\`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from natsim.reports.fields import Json

SCHEMA: Final = "natsim.conformance/1"

Side: TypeAlias = Literal["C", "S"]


class Grade(StrEnum):
    """How a case went on a server; the worst first, as it weighs for a requirement."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    LENIENT = "lenient"
    PASS = "pass"
    SKIPPED = "skipped"


class KnownState(StrEnum):
    """What became of a failure that was known before."""

    EXPECTED = "expected"
    UNEXPECTED_PASS = "unexpected pass"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Something a server can do or not, and what showed it."""

    name: str
    has: bool
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoy:
    """An operation that no server knows: one that does not refuse it proves nothing."""

    is_refused: bool
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server of the matrix.

    ended: `complete`, `interrupted` or `unavailable: why`. info: its first INFO, without secrets.
    version_like: the version whose expectations were pinned, or empty. counts: by grade, of all
    cases, counted in the results.
    """

    name: str
    target: str
    version: str
    version_like: str
    info: Mapping[str, Json]
    rtt_us: int | None
    duration_ms: int | None
    ended: str
    capabilities: tuple[Capability, ...]
    decoy: Decoy | None
    counts: Mapping[Grade, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A rule of the protocol. cases: the ids of those that cover it."""

    id: str
    rule: str
    level: str
    source: str
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An entry of the known failures. expires: a date, or empty."""

    reason: str
    expires: str
    state: KnownState


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where a dialogue went wrong. line: of the case's file.

    at: index of the first character of actual that differs, the length of it where it ended early;
    of expected, too, unless a pattern stands before it.
    """

    conn: str
    line: int | None
    expected: str
    actual: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was said on a connection: by the client (C) or the server (S).

    expected: what the case wanted of the server, or empty. text is empty where nothing came.
    """

    conn: str
    side: Side
    at_us: int | None
    text: str
    expected: str
    is_wrong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a case went on one server.

    confirmed: what a second run of a failed case gave, or empty. change: against the baseline,
    `broke`, `better`, `new` or empty. dialogue: of cases that failed, are unknown or lenient.
    """

    grade: Grade
    why: str
    duration_ms: int | None
    runs: int | None
    confirmed: str
    known: Known | None
    change: str
    reproduce: str
    difference: Difference | None
    dialogue: tuple[Line, ...]

    @property
    def is_excused(self) -> bool:
        """Say whether this was known to go wrong before, and still does."""
        return (
            self.grade in (Grade.FAIL, Grade.UNKNOWN)
            and self.known is not None
            and self.known.state is KnownState.EXPECTED
        )

    @property
    def is_unexpected_pass(self) -> bool:
        """Say whether a known failure is none any more."""
        return self.known is not None and self.known.state is KnownState.UNEXPECTED_PASS

    @property
    def is_accused(self) -> bool:
        """Say whether this fails the run: a failure that nothing excuses."""
        return self.grade is Grade.FAIL and not self.is_excused


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case and its results, one for each server in the order of servers.

    house: the configuration it needs. versions: those it holds on, empty for all.
    """

    id: str
    title: str
    level: str
    covers: tuple[str, ...]
    house: str
    versions: str
    file: str
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A case of the baseline that this run does not have. was: its grade there."""

    id: str
    was: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """Everything a report says about a run of the suite.

    remarks: what is missing from the file or was left out here.
    """

    schema: Literal["natsim.conformance/1"] = SCHEMA
    natsim: str
    command: str
    started: str
    duration_ms: int | None
    python: str
    servers: tuple[Server, ...]
    requirements: tuple[Requirement, ...]
    cases: tuple[Case, ...]
    gone: tuple[Gone, ...]
    remarks: tuple[str, ...]
