"""Pages: one self-contained file each, no script, no network, every text escaped by the template.

The pages forbid everything but their own style by a Content-Security-Policy.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from .board import draw_board
from .campaign import CampaignDocument, FirstSeed
from .document import Fault, RunDocument
from .proof import cards_of
from .quantity import count, counted, duration, seconds, share
from .timeline import KINDS, draw_timeline, kind_class


def render_run(document: RunDocument) -> str:
    """Give the page of one run."""
    head = document.head
    origin_ns = head.workload_ns or 0
    first_card: dict[str, int] = {}
    for anomaly in document.anomalies:
        first_card.setdefault(anomaly.checker, anomaly.number)
    shown = {kind_class(fault.kind) for fault in document.faults if fault.begin_ns is not None}
    return template("run.html.j2").render(
        run=document,
        headline=head.sentence.removeprefix(f"{head.verdict}: "),
        started=readable_date(head.started),
        versions=", ".join(f"{name} {version}" for name, version in head.versions.items()),
        first_card=first_card,
        # Safe: xml.etree built it, and it escapes every text and attribute.
        timeline=Markup(draw_timeline(document)),
        kinds=[kind for kind in KINDS if kind in shown],
        cards=cards_of(document.anomalies, document.entries, origin_ns),
        moment=partial(_moment, origin_ns=origin_ns),
        achieved=_achieved,
    )


def render_campaign(document: CampaignDocument) -> str:
    """Give the page of a campaign."""
    return template("campaign.html.j2").render(
        campaign=document,
        headline=document.sentence.removeprefix(f"{document.verdict}: "),
        cpu_ns=round(document.cpu_s * 1e9),
        board=Markup(draw_board(document)),  # safe: xml.etree built it
        seeds=_seeds,
    )


def template(name: str) -> Template:
    """Give a template that escapes what it is given, and knows how numbers are said."""
    environment = Environment(
        loader=PackageLoader("natsim.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    functions = {"count": count, "counted": counted, "duration": duration, "share": share}
    return environment.get_template(name, globals=functions)


def _moment(time_ns: int, origin_ns: int) -> str:
    return seconds(time_ns - origin_ns)


def readable_date(date: str | None) -> str | None:
    """Give an ISO date without its fractions and its T; what is no date stays as it is."""
    try:
        moment = None if date is None else datetime.fromisoformat(date)
    except ValueError:
        return date
    return None if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S %Z").rstrip()


def _seeds(first: Sequence[FirstSeed]) -> str:
    return ", ".join(str(item.seed) for item in first)


def _achieved(fault: Fault) -> str:
    said = [("begin", fault.achieved_begin), ("end", fault.achieved_end)]
    return "; ".join(f"{when}: {words}" for when, words in said if words) or "nothing was reported"
