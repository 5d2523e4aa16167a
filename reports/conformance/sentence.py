"""What a stranger should read first: a sentence for each server, and which way it went."""

from collections.abc import Sequence

from natsim.reports.document import VerdictWord
from natsim.reports.quantity import count, listed

from .document import Conformance, Grade, Result

_COMPLETE = "complete"
_REASONS_SHOWN = 3


def verdict_of(document: Conformance, server: int) -> VerdictWord:
    """Say whether a server conforms as far as was seen.

    A failure that nothing excuses, or a known one that passes, is invalid. Where a case could not
    be decided, none passed or the run did not end, it is unknown.
    """
    counts = document.servers[server].counts
    results = results_of(document, server)
    excused = [result.grade for result in results if result.is_excused]
    if counts[Grade.FAIL] > excused.count(Grade.FAIL):
        return "invalid"
    if any(result.is_unexpected_pass for result in results):
        return "invalid"
    is_decided = counts[Grade.UNKNOWN] == excused.count(Grade.UNKNOWN)
    has_passed = counts[Grade.PASS] + counts[Grade.LENIENT] > 0
    is_complete = document.servers[server].ended == _COMPLETE
    return "valid" if is_decided and has_passed and is_complete else "unknown"


def word_of(verdict: VerdictWord) -> str:
    """Give the word for it in this suite."""
    return {"valid": "pass", "unknown": "unknown", "invalid": "fail"}[verdict]


def whole_verdict(document: Conformance) -> VerdictWord:
    """Merge the verdicts of all servers; unknown where there is none."""
    verdicts = [verdict_of(document, server) for server in range(len(document.servers))]
    if "invalid" in verdicts:
        return "invalid"
    return "unknown" if "unknown" in verdicts or not verdicts else "valid"


def sentence_of(document: Conformance, server: int) -> str:
    """Say how a server did: `412 of 418 cases pass; 1 fails; 5 skipped (no cluster)`."""
    ended = document.servers[server].ended
    counts = document.servers[server].counts
    results = results_of(document, server)
    unexpected = sum(result.is_unexpected_pass for result in results)
    said = [
        _passes(counts[Grade.PASS], counts[Grade.LENIENT], sum(counts.values())),
        _fails(counts[Grade.FAIL], results),
        _with_verb(
            unexpected, "known failure passes unexpectedly", "known failures pass unexpectedly"
        ),
        _with_verb(counts[Grade.UNKNOWN], "is unknown", "are unknown"),
        _skipped(counts[Grade.SKIPPED], results),
    ]
    if ended != _COMPLETE:
        if not any(counts[grade] for grade in (Grade.PASS, Grade.LENIENT, Grade.FAIL)):
            return ended
        said.insert(0, ended)
    return "; ".join(words for words in said if words)


def results_of(document: Conformance, server: int) -> Sequence[Result]:
    """Give the results of one server, in the order of cases."""
    return [case.results[server] for case in document.cases]


def _passes(passed: int, lenient: int, total: int) -> str:
    passing = passed + lenient
    if not total:
        return "no case was recorded"
    leniently = ""
    if lenient:
        leniently = ", leniently" if lenient == passing else f", {count(lenient)} of them leniently"
    if passing == total:
        whole = "the only case passes" if total == 1 else f"all {count(total)} cases pass"
        return whole + leniently
    return f"{count(passing)} of {count(total)} {'case' if total == 1 else 'cases'} pass{leniently}"


def _fails(failed: int, results: Sequence[Result]) -> str:
    excused = sum(result.is_excused and result.grade is Grade.FAIL for result in results)
    if not failed:
        return ""
    said = f"{count(failed)} {'fails' if failed == 1 else 'fail'}"
    if not excused:
        return said
    return f"{said}, as known" if excused == failed else f"{said}, {count(excused)} of them known"


def _with_verb(number: int, one: str, many: str) -> str:
    return f"{count(number)} {one if number == 1 else many}" if number else ""


def _skipped(skipped: int, results: Sequence[Result]) -> str:
    if not skipped:
        return ""
    reasons: dict[str, int] = {}
    for result in results:
        if result.grade is Grade.SKIPPED:
            why = result.why or "no reason given"
            reasons[why] = reasons.get(why, 0) + 1
    most = sorted(reasons, key=lambda why: (-reasons[why], why))
    shown = most[:_REASONS_SHOWN]
    said = shown if len(most) == 1 else [f"{count(reasons[why])}: {why}" for why in shown]
    if len(most) > len(shown):
        said.append(f"{count(sum(reasons[why] for why in most[len(shown) :]))} for other reasons")
    return (
        f"{count(skipped)} skipped ({listed(said, 'and') if len(most) == 1 else '; '.join(said)})"
    )
