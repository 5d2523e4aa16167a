"""Every case of the suite was seen to fail on a broken server, and the table says on which."""

from __future__ import annotations

from natsim.conformance.suite import load_suite

from .evidence import NEWER, load_table
from .planted.disguise import DISGUISES
from .planted.modes import HEALTHY, MODES

HOW = "run `python -m tests.quality.evidence`, and commit the table"


def test_every_case_was_seen_to_fail() -> None:
    unseen = load_suite().cases.keys() - load_table().keys()

    assert sorted(unseen) == [], HOW


def test_no_case_of_the_table_is_gone() -> None:
    gone = load_table().keys() - load_suite().cases.keys()

    assert sorted(gone) == [], HOW


def test_what_made_a_case_fail_is_still_there() -> None:
    there = (MODES.keys() | DISGUISES.keys() | {NEWER}) - {HEALTHY}

    assert sorted(set(load_table().values()) - there) == [], HOW
