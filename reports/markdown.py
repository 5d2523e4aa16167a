"""Markdown: a summary that CI shows beside a change, for example in $GITHUB_STEP_SUMMARY."""

import re
from collections.abc import Sequence

from .document import Anomaly, Guarantee, RunDocument
from .limits import SUMMARY_BYTES_MAX
from .quantity import count, counted, duration, seconds, share

# What could begin markup, a link, a mention or a cell, as numbers: an entity never does.
_MARKUP = re.compile(r"[&<>\"'`*_{}\[\]()#!|~\\@:$]")
_CUT = "\n\n*The summary was cut; report.html holds the rest.*\n"


def job_summary(document: RunDocument) -> str:
    """Give the summary of a run, at most 1 MiB."""
    head = document.head
    where = "" if head.stage is None else f" on {plain(head.stage)}"
    entries = counted(document.totals.entries, "entry", "entries")
    parts = [
        f"### {head.verdict}: {plain(head.scenario)}, seed {plain(str(head.seed))}{where}",
        f"{plain(head.sentence)}.",
        *(plain(sentence) for sentence in head.evidence),
        _table(document.guarantees) if document.guarantees else "",
        _anomalies(document),
        _faults(document),
        "".join(f"- {plain(remark)}\n" for remark in document.remarks),
        f"{duration(head.duration_ns)} of history, {entries}. The same run again:",
        fenced("sh", [head.replay]),
    ]
    return bounded("\n\n".join(part for part in parts if part) + "\n", SUMMARY_BYTES_MAX)


def _table(guarantees: tuple[Guarantee, ...]) -> str:
    lines = [
        "| Guarantee | Verdict | Checked | Anomalies | Legal losses | Rate |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for item in guarantees:
        name = f"**{item.verdict}**" if item.verdict == "invalid" else item.verdict
        rate = plain(share(item.legal_losses, item.concerned))
        numbers = [item.checked, item.anomaly_count, item.legal_losses]
        said = " | ".join(count(number) for number in numbers)
        lines.append(f"| {plain(item.checker)} | {name} | {said} | {rate} |")
    return "\n".join(lines)


def _anomalies(document: RunDocument) -> str:
    if not document.anomalies:
        return ""
    number = counted(len(document.anomalies), "anomaly", "anomalies")
    lines = [_anomaly(item, document.head.workload_ns or 0) for item in document.anomalies]
    more = document.anomalies_left_out
    rest = f"\n\n{count(more)} more are in verdict.json." if more else ""
    return f"<details><summary>{number}</summary>\n\n{chr(10).join(lines)}{rest}\n\n</details>"


def _anomaly(item: Anomaly, origin_ns: int) -> str:
    when = "" if item.t is None else f" at {seconds(item.t - origin_ns)} s"
    proof = ", ".join(str(index) for index in item.entries)
    return f"{item.number}. **{plain(item.name)}**{when}: {plain(item.text)} Entries {proof}."


def _faults(document: RunDocument) -> str:
    origin_ns = document.head.workload_ns or 0
    said: list[str] = []
    for fault in document.faults:
        if fault.begin_ns is None:
            continue
        end = "the end" if fault.end_ns is None else f"{seconds(fault.end_ns - origin_ns)} s"
        begin = seconds(fault.begin_ns - origin_ns)
        said.append(f"{plain(fault.id)} {plain(fault.kind)} from {begin} s to {end}")
    return f"Faults: {'; '.join(said)}." if said else ""


def plain(text: str) -> str:
    """Give text that Markdown reads as itself."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", text)


def fenced(language: str, lines: Sequence[str]) -> str:
    """Give a block of code; its fence is longer than any in the lines."""
    text = "\n".join(lines)
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


def bounded(text: str, bytes_max: int) -> str:
    """Give the text, or its beginning and a sentence that says so."""
    octets = text.encode()
    if len(octets) <= bytes_max:
        return text
    return octets[: bytes_max - len(_CUT)].decode("utf-8", "ignore") + _CUT
