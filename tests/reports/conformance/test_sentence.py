"""A sentence says how a server did, and no more than was seen."""

from pathlib import Path

import pytest
from tests.reports.conformance import suite

from natsim.reports.conformance.sentence import sentence_of, verdict_of, whole_verdict

PASS, LENIENT = suite.result("pass"), suite.result("lenient")
NO_CLUSTER, NO_TLS = (suite.result("skipped", why=f"no {what}") for what in ("cluster", "TLS"))
UNKNOWN = suite.result("unknown")
EXCUSED = suite.failed(known=suite.known("expected"))
KNOWN_UNKNOWN = suite.result("unknown", known=suite.known("expected"))
EXPIRED = suite.failed(known=suite.known("expired"))
UNEXPECTED = suite.result("pass", known=suite.known("unexpected pass"))


@pytest.mark.parametrize(
    ("results", "verdict", "sentence"),
    [
        ([PASS], "valid", "the only case passes"),
        ([PASS, PASS], "valid", "all 2 cases pass"),
        ([PASS, LENIENT], "valid", "all 2 cases pass, 1 of them leniently"),
        ([LENIENT, NO_TLS], "valid", "1 of 2 cases pass, leniently; 1 skipped (no TLS)"),
        (
            [*[PASS] * 412, suite.failed(), *[NO_CLUSTER] * 5],
            "invalid",
            "412 of 418 cases pass; 1 fails; 5 skipped (no cluster)",
        ),
        (
            [PASS, NO_TLS, NO_CLUSTER, NO_CLUSTER],
            "valid",
            "1 of 4 cases pass; 3 skipped (2: no cluster; 1: no TLS)",
        ),
        ([PASS, EXCUSED], "valid", "1 of 2 cases pass; 1 fails, as known"),
        ([EXPIRED, EXCUSED], "invalid", "0 of 2 cases pass; 2 fail, 1 of them known"),
        ([PASS, UNEXPECTED], "invalid", "all 2 cases pass; 1 known failure passes unexpectedly"),
        ([PASS, UNKNOWN, UNKNOWN], "unknown", "1 of 3 cases pass; 2 are unknown"),
        ([UNKNOWN, suite.failed()], "invalid", "0 of 2 cases pass; 1 fails; 1 is unknown"),
        ([EXCUSED], "unknown", "0 of 1 case pass; 1 fails, as known"),
        ([PASS, KNOWN_UNKNOWN], "valid", "1 of 2 cases pass; 1 is unknown"),
        ([NO_TLS], "unknown", "0 of 1 case pass; 1 skipped (no TLS)"),
        ([], "unknown", "no case was recorded"),
    ],
)
def test_a_server_is_told_by_its_results(
    tmp_path: Path, results: list[suite.Object], verdict: str, sentence: str
) -> None:
    cases = [suite.case(f"a.b.c{n}", result) for n, result in enumerate(results)]
    document = suite.loaded(tmp_path, suite.content([suite.server("a 1")], cases))

    assert (verdict_of(document, 0), sentence_of(document, 0)) == (verdict, sentence)


def test_many_reasons_to_skip_are_summed_up(tmp_path: Path) -> None:
    cases = [suite.case(f"a.b.c{n}", suite.result("skipped", why=f"no {n % 5}")) for n in range(11)]
    document = suite.loaded(tmp_path, suite.content([suite.server("a 1")], cases))

    assert sentence_of(document, 0) == (
        "0 of 11 cases pass; 11 skipped (3: no 0; 2: no 1; 2: no 2; 4 for other reasons)"
    )


@pytest.mark.parametrize(
    ("ended", "results", "sentence"),
    [
        ("interrupted", [PASS, UNKNOWN], "interrupted; 1 of 2 cases pass; 1 is unknown"),
        ("unavailable: refused", [UNKNOWN, NO_TLS], "unavailable: refused"),
        ("interrupted", [], "interrupted"),
    ],
)
def test_a_run_that_did_not_end_is_unknown_and_says_why(
    tmp_path: Path, ended: str, results: list[suite.Object], sentence: str
) -> None:
    cases = [suite.case(f"a.b.c{n}", result) for n, result in enumerate(results)]
    given = suite.content([suite.server("a 1", ended=ended)], cases)
    document = suite.loaded(tmp_path, given)

    assert (verdict_of(document, 0), sentence_of(document, 0)) == ("unknown", sentence)


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ([PASS, PASS], "valid"),
        ([PASS, UNKNOWN], "unknown"),
        ([suite.failed(), UNKNOWN], "invalid"),
        ([], "unknown"),
    ],
)
def test_the_worst_server_decides(
    tmp_path: Path, results: list[suite.Object], verdict: str
) -> None:
    servers = [suite.server(f"s {n}") for n in range(len(results))]
    given = suite.content(servers, [suite.case("a.b.c", *results)])

    assert whole_verdict(suite.loaded(tmp_path, given)) == verdict
