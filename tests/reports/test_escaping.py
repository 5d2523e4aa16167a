"""No text of a run can become markup, whatever format it is shown in."""

import io
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import TypeAlias
from xml.etree import ElementTree

import pytest
from rich.console import Console

from natsim.reports.campaign import load_campaign
from natsim.reports.document import to_json
from natsim.reports.html import render_campaign, render_run
from natsim.reports.junit import junit_of_campaign, junit_of_run
from natsim.reports.markdown import job_summary
from natsim.reports.run import load_run
from natsim.reports.terminal import print_campaign, print_run

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

EVIL = "<script>e()</script>]]>&\"' [red]x[/red] `|*_ \x1b[31m\x00\r\ud800\u202e\ufffe {{7*7}}"
ID = "e()"


@pytest.fixture(scope="module")
def evil_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with the same attack in every text of every file, and in the names of files."""
    directory = tmp_path_factory.mktemp("evil") / "<script>e() &`$(x)"
    (directory / "logs").mkdir(parents=True)
    run: Json = {
        "state": EVIL,
        "stage": EVIL,
        "scenario": EVIL,
        "seed": EVIL,
        "command": [EVIL, EVIL],
        "versions": {EVIL: EVIL},
        "server": {EVIL: [EVIL]},
        "started": EVIL,
        "ended": EVIL,
        "error": EVIL,
    }
    anomaly: Json = {"name": EVIL, "text": EVIL, "entries": [0, 1, 2, 3, 4, 5], "t": 3}
    checkers: list[Json] = [
        {
            "checker": f"{verdict} {EVIL}",
            "verdict": verdict,
            "checked": 1,
            "notes": [EVIL],
            "anomalies": [anomaly] if verdict == "invalid" else [],
        }
        for verdict in ("invalid", "unknown", "valid")
    ]
    entry: Mapping[str, object] = {"t": 1, "process": EVIL, "op": EVIL, EVIL: EVIL}
    entries: list[Mapping[str, object]] = [
        entry | {"type": "invoke", "f": "publish", "value": {"msg": EVIL, EVIL: {EVIL: [EVIL]}}},
        entry | {"type": "fail", "f": EVIL, "error": {"code": EVIL, "text": EVIL}},
        entry | {"type": "observe", "f": "connected", "conn": EVIL, "server": EVIL},
        entry | {"type": "observe", "f": "deliver", "conn": EVIL, "subject": EVIL, "msg": EVIL},
        entry
        | {"type": "fault", "id": EVIL, "f": EVIL, "phase": "begin", "achieved": {EVIL: EVIL}},
        entry | {"type": "phase", "phase": EVIL, "t": 9},
    ]
    header: Json = {"schema": EVIL, "plan_digest": EVIL}
    lines = [json.dumps(line) for line in (header, *entries)]
    plan: Json = {"faults": [{"id": EVIL, EVIL: EVIL}, {"id": f"2{EVIL}", "kill": EVIL}]}
    (directory / "run.json").write_text(json.dumps(run))
    (directory / "plan.yaml").write_text(json.dumps(plan, ensure_ascii=True))
    (directory / "verdict.json").write_text(
        json.dumps({"verdict": "invalid", "checkers": checkers})
    )
    (directory / "digests.json").write_text(json.dumps({EVIL: EVIL}))
    (directory / "history.jsonl").write_text("\n".join(lines) + "\n")
    log = EVIL.encode("utf-8", "surrogatepass")
    (directory / "logs" / "<script>e().log").write_bytes(log)
    return directory


@pytest.fixture(scope="module")
def evil_campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("evil") / "<script>e() &`$(x)"
    directory.mkdir()
    base: Mapping[str, object] = {"seed": EVIL, "digest": EVIL, "cpu_s": 1, "scenario": EVIL}
    results: list[Mapping[str, object]] = [
        base | {"verdict": "invalid", "anomalies": {EVIL: 1}, "run": EVIL},
        base | {"verdict": "unknown", "digest": "other"},
    ]
    (directory / "campaign.jsonl").write_text("\n".join(json.dumps(item) for item in results))
    return directory


class Tags(HTMLParser):
    """Collects the elements of a page and the names of their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def unsafe_characters(text: str) -> list[str]:
    return re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff\ufffe]", text)


def test_the_page_of_a_run_shows_the_attack_as_text(evil_run: Path) -> None:
    html = render_run(load_run(evil_run))

    page = Tags(html)

    assert "<script" not in html
    assert "script" not in page.tags
    assert not any(name.startswith("on") for name in page.attributes)
    assert page.text.count("<script>e()</script>]]>&\"'") > 20
    assert unsafe_characters(html) == []


def test_the_page_of_a_campaign_shows_the_attack_as_text(evil_campaign: Path) -> None:
    html = render_campaign(load_campaign(evil_campaign))

    assert "<script" not in html
    assert Tags(html).text.count("<script>e()</script>]]>&\"'") >= 4
    assert unsafe_characters(html) == []


def test_junit_xml_of_a_run_is_well_formed_and_keeps_the_text(evil_run: Path) -> None:
    root = ElementTree.fromstring(junit_of_run(load_run(evil_run)))

    assert root.find(".//script") is None
    assert "<script>e()</script>]]>&\"'" in (root.findtext(".//failure") or "")


def test_junit_xml_of_a_campaign_is_well_formed(evil_campaign: Path) -> None:
    root = ElementTree.fromstring(junit_of_campaign(load_campaign(evil_campaign)))

    assert root.find(".//script") is None
    assert ID in (root.findtext(".//failure") or "")


def test_report_json_is_utf_8_without_unsafe_characters(evil_run: Path) -> None:
    text = to_json(load_run(evil_run)).decode()

    assert unsafe_characters(text) == []
    assert json.loads(text)["anomalies"][0]["name"].startswith("<script>e()</script>]]>&\"'")


def test_markdown_holds_no_markup_of_the_run(evil_run: Path) -> None:
    summary = job_summary(load_run(evil_run))
    prose = summary.partition("```sh")[0]

    assert "<script" not in prose
    assert "[red]" not in prose
    assert unsafe_characters(summary) == []
    assert {len(row.split("|")) for row in re.findall(r"^\|.*$", prose, re.MULTILINE)} == {8}


def test_the_terminal_gets_neither_its_own_sequences_nor_our_markup(
    evil_run: Path, evil_campaign: Path
) -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=False, width=100)

    print_run(load_run(evil_run), console, Path("runs/a"))
    print_campaign(load_campaign(evil_campaign), console, Path("runs/c"))

    assert unsafe_characters(out.getvalue()) == []
    assert "[red]x[/red]" in out.getvalue()


def test_the_replay_command_is_quoted_for_a_shell(evil_run: Path) -> None:
    assert load_run(evil_run).head.replay == "natsim replay '<script>e() &`$(x)'"
