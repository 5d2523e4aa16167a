"""Known failures: excused until a day, and loud when they pass."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.harness.conform.test_run import Scripted, bad, good, report

from natsim.conformance.mistake import CaseError
from natsim.conformance.requirement import Level, Requirement
from natsim.conformance.suite import Suite
from natsim.harness.conform.known import KnownFailure, State, load_known_failures, mark_known

if TYPE_CHECKING:
    from pathlib import Path

SUITE = Suite(
    cases={each.id: each for each in (good, bad)},
    requirements={"x.rule": Requirement(id="x.rule", rule="x", level=Level.MUST, source="x")},
    houses={},
)
TODAY = date(2027, 1, 31)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known.yaml"


@pytest.mark.parametrize(
    ("expires", "state"),
    [
        (None, State.EXPECTED),
        (date(2027, 2, 1), State.EXPECTED),
        (date(2027, 1, 31), State.EXPECTED),
        (date(2027, 1, 30), State.EXPIRED),
    ],
)
def test_a_failure_is_excused_up_to_a_day(expires: date | None, state: State) -> None:
    found = report(bad, target=Scripted())

    mark_known(found, {"x.bad": KnownFailure(reason="so it is", expires=expires)}, TODAY)

    assert found.known["x.bad"].state is state


@pytest.mark.parametrize("expires", [None, date(2027, 2, 1), date(2000, 1, 1)])
def test_a_pass_is_told_whatever_the_day(expires: date | None) -> None:
    found = report(good, target=Scripted())

    mark_known(found, {"x.good": KnownFailure(reason="so it is", expires=expires)}, TODAY)

    assert found.known["x.good"].state is State.UNEXPECTED_PASS


def test_a_prefix_names_all_cases_below_it(path: Path) -> None:
    path.write_text("x: {reason: nothing works yet, expires: 2027-01-31}\n")

    known = load_known_failures(path, SUITE)

    entry = KnownFailure(reason="nothing works yet", expires=TODAY)
    assert known == {"x.good": entry, "x.bad": entry}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("y.bad: {reason: a}", "no case begins with y.bad; leave it out"),
        ("x.bad: a", "x.bad: write {reason: why, expires: 2027-01-31}"),
        ("x.bad: {expires: 2027-01-31}", "x.bad: write {reason: why, expires: 2027-01-31}"),
        ("x.bad: {reason: a, until: 2027-01-31}", "x.bad: until is no key; write reason and"),
        ("x.bad: {reason: a, expires: soon}", "x.bad: expires is 'soon'; write a date like"),
    ],
)
def test_a_mistake_is_said_with_its_line(path: Path, text: str, why: str) -> None:
    path.write_text(f"# of ours\n{text}\n")

    with pytest.raises(CaseError) as caught:
        load_known_failures(path, SUITE)

    assert str(caught.value).startswith(f"{path}:2:1: {why}")
