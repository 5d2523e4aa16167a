"""JUnit XML: one suite for a run, one case for each guarantee.

Laws of the file: `skipped` is never used, for a reader would take it for harmless; what is unknown
is an error, so that a run that checked nothing cannot look green.
"""

from xml.etree.ElementTree import Element, SubElement

from .campaign import CampaignDocument
from .document import Anomaly, Guarantee, RunDocument
from .proof import cards_of
from .quantity import count, counted, seconds, share
from .suites import add_case, add_error, add_properties, finish_suite, new_suite, to_xml


def junit_of_run(document: RunDocument) -> bytes:
    """Give the XML of one run; one that is not complete has a case of its own that says so."""
    head = document.head
    suite = new_suite(head.scenario)
    if head.wall_ns is not None:
        suite.set("time", seconds(head.wall_ns).replace(",", ""))
    named = {"seed": head.seed, "stage": head.stage, "plan_digest": head.plan_digest}
    versions = {f"version.{name}": version for name, version in head.versions.items()}
    add_properties(suite, named | {"server": head.server, "state": head.state} | versions)
    if head.state != "complete":
        case = add_case(suite, head.scenario, "run")
        add_error(case, head.state, f"the state of the run is {head.state}", head.error or "")
    if not document.guarantees:
        case = add_case(suite, head.scenario, "verdict")
        add_error(case, "unknown", head.sentence, "")
    for guarantee in document.guarantees:
        _add_guarantee(suite, guarantee, document)
    finish_suite(suite, [head.sentence, *head.evidence, *document.remarks, head.replay])
    return to_xml([suite])


def junit_of_campaign(document: CampaignDocument) -> bytes:
    """Give the XML of a campaign: a case for its seeds and one for each anomaly that was found."""
    suite = new_suite(document.name)
    suite.set("time", f"{document.cpu_s:.3f}")
    runs = document.runs
    add_properties(suite, {"runs": runs.total, "valid": runs.valid, "invalid": runs.invalid})
    case = add_case(suite, document.name, "seeds")
    if not runs.total or runs.unknown or document.nondeterministic_seeds:
        add_error(case, "unknown", document.sentence, "\n".join(document.remarks))
    for group in document.groups:
        case = add_case(suite, document.name, group.name)
        message = f"{group.name} in {counted(group.runs, 'run')}"
        failure = SubElement(case, "failure", {"type": group.name, "message": message})
        failure.text = "\n".join(f"seed {first.seed}: {first.again}" for first in group.first)
    finish_suite(suite, [document.sentence, *document.remarks])
    return to_xml([suite])


def _add_guarantee(suite: Element, guarantee: Guarantee, document: RunDocument) -> None:
    case = add_case(suite, document.head.scenario, guarantee.checker)
    anomalies = [item for item in document.anomalies if item.checker == guarantee.checker]
    said = _said(guarantee)
    match guarantee.verdict:
        case "invalid":
            first = anomalies[0] if anomalies else None
            message = said if first is None else f"{first.name}: {first.text}"
            name = "invalid" if first is None else first.name
            failure = SubElement(case, "failure", {"type": name, "message": message})
            failure.text = "\n\n".join([_proof(item, document) for item in anomalies] or [said])
        case "unknown":
            reason = "could not be decided" if guarantee.checked else "there was nothing to check"
            add_error(case, "unknown", f"{reason}: {said}", "\n".join(guarantee.notes))
        case "valid":
            pass
    SubElement(case, "system-out").text = "\n".join([said, *guarantee.notes])


def _said(guarantee: Guarantee) -> str:
    rate = share(guarantee.legal_losses, guarantee.concerned)
    losses = counted(guarantee.legal_losses, "legal loss", "legal losses")
    found = counted(guarantee.anomaly_count, "anomaly", "anomalies")
    return f"checked {count(guarantee.checked)}, {losses}{f' ({rate})' if rate else ''}, {found}"


def _proof(anomaly: Anomaly, document: RunDocument) -> str:
    origin_ns = document.head.workload_ns or 0
    (card,) = cards_of([anomaly], document.entries, origin_ns)
    lines = [f"{anomaly.name}: {anomaly.text}"]
    for row in card.rows:
        pairs = " ".join(f"{key}={value}" for key, value in row.pairs)
        lines.append(f"  #{row.index} {row.time} s {row.process} {row.what} {pairs}")
    return "\n".join([*lines, card.left_out]).rstrip()
