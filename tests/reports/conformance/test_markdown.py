"""The summary that CI shows beside a change."""

from pathlib import Path

import pytest
from tests.reports.conformance import suite

from natsim.reports.conformance.markdown import job_summary


@pytest.fixture
def summary(tmp_path: Path) -> str:
    given = suite.full()
    given["requirements"] = [suite.requirement("core.sub.one"), suite.requirement("core.sub.rare")]
    return job_summary(suite.loaded(tmp_path, given))


def test_it_begins_with_the_verdict_and_a_sentence_for_each_server(summary: str) -> None:
    assert summary.splitlines()[:5] == [
        "### fail: conformance",
        "",
        "- fail: **nats-server 2.15.1**: all 6 cases pass; 1 known failure passes unexpectedly",
        "- fail: **nats-server 2.9.10**: 4 of 6 cases pass, 1 of them leniently; 1 fails;"
        " 1 skipped &#40;no cluster&#41;",
        "- fail: **broker 0.1**: 2 of 6 cases pass; 2 fail, 1 of them known; 1 is unknown;"
        " 1 skipped &#40;no cluster&#41;",
    ]


def test_failed_cases_are_a_table(summary: str) -> None:
    assert "| core.sub.one | what core.sub.one shows | P | **F** | **F** |\n" in summary
    assert "| core.pub.two | what core.pub.two shows | **P&#33;** | P | P |\n" in summary
    assert "| core.sub.two |" not in summary.partition("<details>")[0]


def test_groups_and_servers_are_a_matrix_of_counts(summary: str) -> None:
    assert "| Group | nats-server 2.15.1 | nats-server 2.9.10 | broker 0.1 |\n" in summary
    assert "| core.sub | 2 P | **1 F**, 1 P | **2 F** |\n" in summary


def test_a_dialogue_is_folded_with_its_command(summary: str) -> None:
    details = summary.partition("<summary>core.sub.one</summary>")[2].partition("</details>")[0]

    assert "```text\nC: SUB a 1\\r\\n\nS: expected MSG a 1 2" in details
    assert "                  ^\n" in details
    assert "```sh\nnatsim conform nats://h:1 --only core.sub.one\n" in details


def test_a_requirement_without_a_case_is_loud(summary: str) -> None:
    assert "**1 requirement without a case**: core.sub.rare" in summary


def test_changes_and_skips_are_folded(summary: str) -> None:
    assert "<summary>2 changes since the baseline</summary>" in summary
    assert "- **broke**: core.sub.one, nats-server 2.9.10\n" in summary
    assert "| no cluster | 0 | 1 | 1 |" in summary


def test_a_fence_in_a_command_does_not_end_the_block(tmp_path: Path) -> None:
    given = suite.content([suite.server("a 1")], [], command="a ```` b")

    assert "`````sh\na ```` b\n`````\n" in job_summary(suite.loaded(tmp_path, given))
