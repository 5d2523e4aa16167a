"""JUnit XML: one suite for each server, one case for each case.

Laws of the file: what nothing excuses fails; a known failure is `skipped` with its reason, and one
that passes unexpectedly fails; what could not be decided is an error, never skipped.
"""

from xml.etree.ElementTree import Element, SubElement

from natsim.reports.limits import CONFORMANCE_XML_TEXT_MAX
from natsim.reports.suites import (
    add_case,
    add_error,
    add_properties,
    finish_suite,
    new_suite,
    to_xml,
)

from .dialogue import in_lines, rows_of
from .document import Case, Conformance, Grade, Result
from .sentence import sentence_of
from .views import rules_of


def junit_of_conformance(document: Conformance) -> bytes:
    """Give the XML of a run of the suite.

    The texts of failures together are bounded; those beyond have no dialogue.
    """
    suites = _Suites(document)
    return to_xml([suites.suite_of(server) for server in range(len(document.servers))])


class _Suites:
    """Makes the suites, and keeps account of how much text they hold."""

    def __init__(self, document: Conformance) -> None:
        self._document = document
        self._rules = rules_of(document)
        self._room = CONFORMANCE_XML_TEXT_MAX

    def suite_of(self, number: int) -> Element:
        server = self._document.servers[number]
        suite = new_suite(f"conform {server.name}")
        if server.duration_ms is not None:
            suite.set("time", _seconds(server.duration_ms))
        add_properties(
            suite,
            {
                "target": server.target or None,
                "version": server.version or None,
                "version_like": server.version_like or None,
                "natsim": self._document.natsim or None,
                "command": self._document.command or None,
            },
        )
        if server.ended != "complete":
            add_error(add_case(suite, "conform", "server"), "ended", server.ended, "")
        for case in self._document.cases:
            self._add(suite, case, case.results[number])
        finish_suite(suite, [sentence_of(self._document, number), *self._document.remarks])
        return suite

    def _add(self, suite: Element, case: Case, result: Result) -> None:
        parent, _, name = case.id.rpartition(".")
        element = add_case(suite, parent or "conform", name)
        if case.file:
            element.set("file", case.file)
        if result.duration_ms is not None:
            element.set("time", _seconds(result.duration_ms))
        message = "; ".join(part for part in (result.why, result.confirmed) if part)
        known = result.known
        if known is not None and result.is_unexpected_pass:
            said = f"a known failure passes; it is no longer known for: {known.reason}"
            SubElement(element, "failure", {"type": "unexpected pass", "message": said})
        elif known is not None and result.is_excused:
            until = f" (until {known.expires})" if known.expires else ""
            said = f"{known.reason}{until}; {message}"
            SubElement(element, "skipped", {"type": "known failure", "message": said})
        elif result.grade is Grade.FAIL:
            failure = SubElement(element, "failure", {"type": "fail", "message": message})
            failure.text = self._text(case, result)
        elif result.grade is Grade.UNKNOWN:
            add_error(element, "unknown", message, self._text(case, result))
        elif result.grade is Grade.SKIPPED:
            SubElement(element, "skipped", {"message": message})
        if result.grade is Grade.LENIENT:
            SubElement(
                element, "system-out"
            ).text = f"lenient: {message}\n{self._text(case, result)}"

    def _text(self, case: Case, result: Result) -> str:
        rules = [self._rules[name] for name in case.covers if name in self._rules]
        about = [f"{rule.level or 'rule'}: {rule.rule} ({rule.source})" for rule in rules]
        lines = in_lines(rows_of(result)) if self._room > 0 else ["The dialogue is left out."]
        text = "\n".join([case.title, *about, *lines, result.reproduce])
        self._room -= len(text)
        return text


def _seconds(span_ms: int) -> str:
    return f"{span_ms / 1000:.3f}"
