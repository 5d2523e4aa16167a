"""The suite is run: what fails is looked at twice, what cannot be asked is skipped."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conformance.scripted_server import pong, scripted_server

from natsim.conformance.case import Case, case
from natsim.conformance.failure import Failed, Skipped, Undecided
from natsim.conformance.house import House
from natsim.conformance.requirement import Level, Requirement
from natsim.conformance.suite import Suite
from natsim.conformance.wire.connection import Address
from natsim.harness.conform.hope import ENOUGH_CONFIRMED
from natsim.harness.conform.outcome import Grade, Outcome
from natsim.harness.conform.run import Report, Run, Settings, full_version
from natsim.harness.conform.target import NotOffered, Place, TargetUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from natsim.conformance.trial import Trial

SETTINGS = Settings(wait_s=0.3)


@case("x.good", "It is good.", "x.rule")
async def good(trial: Trial) -> None:
    await (await trial.connect()).expect_nothing()


@case("x.bad", "It is bad.", "x.rule")
async def bad(trial: Trial) -> None:
    del trial
    raise Failed("it is bad")


@case("x.odd", "It is allowed.", "x.rule")
async def odd(trial: Trial) -> None:
    trial.lenient("it is odd")


@case("x.late", "It cannot be asked.", "x.rule")
async def late(trial: Trial) -> None:
    trial.server.log()


@case("x.moot", "It proves nothing.", "x.rule")
async def moot(trial: Trial) -> None:
    del trial
    raise Undecided("it rains")


@case("x.broken", "It is itself broken.", "x.rule")
async def broken(trial: Trial) -> None:
    raise KeyError(trial.prefix)


@case("x.slow", "It never ends.", "x.rule", limit_s=0.1)
async def slow(trial: Trial) -> None:
    del trial
    await asyncio.sleep(1000)


def sometimes(*said: Exception | None) -> Case:
    """Make a case that ends in turn as it is told."""
    left = list(said)

    async def play(trial: Trial) -> None:
        del trial
        error = left.pop(0)
        if error is not None:
            raise error

    return replace(good, id="x.sometimes", play=play)


class Scripted:
    """A target whose plain house is a scripted server; it is no other."""

    label = "scripted"

    def __init__(
        self, answer: Callable[[bytes], bytes | None] = pong, *, shared: bool = True
    ) -> None:
        self.is_shared = shared
        self._answer = answer
        self.built: list[str] = []

    @asynccontextmanager
    async def build(self, house: House) -> AsyncGenerator[Place]:
        self.built.append(house.name)
        if house.name == "broken":
            raise TargetUnavailable("it did not start")
        if not house.is_plain:
            raise NotOffered("it is never so")
        async with scripted_server(self._answer) as port:
            yield Place(addresses=[Address("127.0.0.1", port)])


def say_nothing(asked: Case, outcome: Outcome) -> None:
    """Keep quiet."""
    del asked, outcome


def run(
    *cases: Case, target: Scripted | None = None, settings: Settings = SETTINGS
) -> dict[str, Outcome]:
    return report(*cases, target=target, settings=settings).outcomes


def report(*cases: Case, target: Scripted | None = None, settings: Settings = SETTINGS) -> Report:
    rule = Requirement(id="x.rule", rule="x", level=Level.MUST, source="x")
    suite = Suite(
        cases={each.id: each for each in cases},
        requirements={"x.rule": rule},
        houses={name: House(name=name, about="x") for name in ("plain", "other", "broken")},
    )
    return asyncio.run(Run(target or Scripted(), suite, cases, settings, say_nothing).run())


@pytest.mark.parametrize(
    ("asked", "grade", "why"),
    [
        (good, Grade.PASS, ""),
        (bad, Grade.FAIL, "it is bad"),
        (odd, Grade.LENIENT, "it is odd"),
        (late, Grade.SKIPPED, "natsim did not start this server"),
        (moot, Grade.UNKNOWN, "it rains"),
        (broken, Grade.UNKNOWN, "the case itself is broken: KeyError("),
        (slow, Grade.FAIL, "the case did not end within"),
        (replace(good, versions="<2"), Grade.SKIPPED, "it is for nats-server <2"),
        (replace(good, needs=("jetstream",)), Grade.SKIPPED, "no jetstream: INFO has no jetstream"),
        (replace(good, house="other"), Grade.SKIPPED, "it is never so"),
        (replace(good, house="broken"), Grade.FAIL, "it did not start"),
        (replace(good, house="other", is_fresh=True), Grade.SKIPPED, "it is never so"),
        (replace(good, is_fresh=True), Grade.PASS, ""),
        (replace(good, is_alone=True), Grade.PASS, ""),
    ],
)
def test_a_case_comes_to(asked: Case, grade: Grade, why: str) -> None:
    outcome = run(asked)[asked.id]

    assert outcome.grade is grade
    assert outcome.why.startswith(why)


def test_a_failure_is_confirmed_by_a_second_run() -> None:
    outcome = run(sometimes(Failed("a"), Failed("a")))["x.sometimes"]

    assert (outcome.grade, outcome.runs) == (Grade.FAIL, 2)
    assert outcome.confirmed == "a second run failed the same way"


def test_a_failure_that_is_another_the_second_time_says_so() -> None:
    outcome = run(sometimes(Failed("a"), Failed("b")))["x.sometimes"]

    assert outcome.grade is Grade.FAIL
    assert outcome.confirmed == "a second run failed, but otherwise: b"


@pytest.mark.parametrize(
    ("second", "word"), [(None, "pass"), (Skipped("x"), "skipped"), (Undecided("x"), "unknown")]
)
def test_a_failure_that_is_not_there_again_proves_nothing(
    second: Exception | None, word: str
) -> None:
    outcome = run(sometimes(Failed("a"), second))["x.sometimes"]

    assert outcome.grade is Grade.UNKNOWN
    assert outcome.confirmed == f"a second run came to {word}"


def test_a_second_look_is_had_at_a_server_that_nothing_was_done_to() -> None:
    target = Scripted(shared=False)

    run(bad, target=target)

    assert target.built == ["plain", "plain"]


def test_a_server_that_is_shared_is_not_started_again() -> None:
    target = Scripted(shared=True)

    run(bad, target=target)

    assert target.built == ["plain"]


def test_a_server_that_hangs_after_info_fails_its_cases() -> None:
    outcome = run(good, target=Scripted(lambda _: b""))["x.good"]

    assert (outcome.grade, outcome.why) == (Grade.FAIL, "no PONG came")


def test_a_server_that_never_answers_is_soon_believed_not_to() -> None:
    cases = [replace(good, id=f"x.{number}") for number in range(60)]
    settings = replace(SETTINGS, wait_s=0.2)

    outcomes = run(*cases, target=Scripted(lambda _: b""), settings=settings)

    assert {each.grade for each in outcomes.values()} == {Grade.FAIL}
    assert 0 < sum(each.runs == 1 for each in outcomes.values()) <= 60 - ENOUGH_CONFIRMED
    assert all(
        each.runs == 2 or each.confirmed.startswith("not confirmed by a second run")
        for each in outcomes.values()
    )


def test_a_server_that_takes_an_unknown_operation_is_found_out() -> None:
    found = report(good)

    assert found.decoy is not None
    assert not found.decoy.has


def test_a_server_that_refuses_an_unknown_operation_is_believed() -> None:
    found = report(good, target=Scripted(lambda line: pong(line) or _refusal(line)))

    assert found.decoy is not None
    assert found.decoy.has


def _refusal(line: bytes) -> bytes:
    is_known = line.startswith((b"CONNECT", b"SUB", b"PUB", b"HPUB"))
    return b"" if is_known else b"-ERR 'Unknown Protocol Operation'\r\n"


def test_a_declared_capability_comes_before_what_was_probed() -> None:
    settings = replace(SETTINGS, declared={"headers": False})

    outcome = run(replace(good, needs=("headers",)), settings=settings)["x.good"]

    assert outcome.why == "no headers: declared by the adapter"


@pytest.mark.parametrize(("text", "expected"), [("2.9", "2.9.999"), ("2.10.4", "2.10.4")])
def test_a_version_is_completed(text: str, expected: str) -> None:
    assert full_version(text) == expected


def test_a_version_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="new is no version; write one like"):
        full_version("new")


def test_where_a_case_stands_is_known() -> None:
    assert good.origin == Path(__file__)


def test_a_house_that_is_refused_is_not_tried_again() -> None:
    target = Scripted()
    cases = [replace(good, id=f"x.{name}", house="other", is_fresh=True) for name in "abc"]

    outcomes = run(*cases, target=target)

    assert [outcomes[each.id].why for each in cases] == ["it is never so"] * 3
    assert target.built.count("other") == 1
