"""Plays one case in one place, and plays a failure again before it is believed."""

from __future__ import annotations

import asyncio
import re
import traceback
from dataclasses import replace
from typing import TYPE_CHECKING

from natsim.conformance.failure import Failed, Skipped, Undecided
from natsim.conformance.trial import Trial
from natsim.conformance.wire.connection import Silence

from .outcome import Grade, Outcome

if TYPE_CHECKING:
    from natsim.conformance.case import Case
    from natsim.conformance.patience import Patience

    from .target import Place


async def play_case(
    case: Case, place: Place, patience: Patience, prefix: str, version: str
) -> Outcome:
    """Play a case once."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    trial = Trial(
        prefix=prefix,
        addresses=place.addresses,
        patience=patience,
        things=place.things,
        login=place.login,
        controls=place.controls,
        version=version,
    )
    grade, why, difference = Grade.PASS, "", None
    limit_s = case.limit_s * patience.scale + patience.wait_s
    try:
        async with asyncio.timeout(limit_s):
            await case.play(trial)
    except Failed as error:
        grade, why, difference = Grade.FAIL, error.why, error.difference
    except Silence:
        grade, why = Grade.FAIL, "the server did not answer"
    except TimeoutError:
        grade, why = Grade.FAIL, f"the case did not end within {limit_s:.0f} s"
    except Skipped as error:
        grade, why = Grade.SKIPPED, str(error)
    except Undecided as error:
        grade, why = Grade.UNKNOWN, str(error)
    except Exception as error:  # the door to cases that anybody may have written
        where = traceback.extract_tb(error.__traceback__)[-1]
        grade = Grade.UNKNOWN
        why = f"the case itself is broken: {error!r} ({where.filename}:{where.lineno})"
    else:
        if trial.leniences:
            grade, why = Grade.LENIENT, "; ".join(trial.leniences)
    finally:
        await trial.close()
    return Outcome(
        grade=grade,
        why=why,
        duration_ms=int((loop.time() - began_s) * 1000),
        difference=difference,
        dialogue=() if grade in (Grade.PASS, Grade.SKIPPED) else tuple(trial.dialogue.entries),
    )


def confirmed(first: Outcome, second: Outcome) -> Outcome:
    """Judge what failed by a second run: only what fails twice is a failure."""
    if second.grade is not Grade.FAIL:
        return replace(
            first,
            grade=Grade.UNKNOWN,
            runs=2,
            confirmed=f"a second run came to {second.grade.value}",
        )
    same = second.why == first.why and _without_names(second) == _without_names(first)
    text = "a second run failed the same way"
    if not same:
        text = f"a second run failed, but otherwise: {second.why}"
    return replace(first, runs=2, confirmed=text)


_PREFIX = re.compile(rb"s[0-9a-z]{3}[0-9]{4}")


def _without_names(outcome: Outcome) -> tuple[int, bytes] | None:
    """Give what a failure expected, without the prefix that each run has of its own."""
    difference = outcome.difference
    if difference is None:
        return None
    return difference.line, _PREFIX.sub(b"s", difference.expected)
