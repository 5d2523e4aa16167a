"""The elements of JUnit XML, in the order that Jenkins' junit-10.xsd wants."""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring


def new_suite(name: str) -> Element:
    """Make a suite without cases."""
    return Element("testsuite", {"name": f"natsim {name}"})


def add_properties(suite: Element, values: Mapping[str, str | int | None]) -> None:
    """Add what is known; None is not. They come before the first case."""
    properties = SubElement(suite, "properties")
    for name, value in values.items():
        if value is not None:
            SubElement(properties, "property", {"name": name, "value": str(value)})


def add_case(suite: Element, parent: str, name: str) -> Element:
    """Add a case, and give it."""
    return SubElement(suite, "testcase", {"classname": f"natsim.{parent}", "name": name})


def add_error(case: Element, kind: str, message: str, text: str) -> None:
    """Say that a case could not be decided."""
    SubElement(case, "error", {"type": kind, "message": message}).text = text


def finish_suite(suite: Element, lines: Sequence[str]) -> None:
    """Count the cases of a suite by their ends, and add lines as its output."""
    for tag, name in (("testcase", "tests"), (".//failure", "failures"), (".//error", "errors")):
        suite.set(name, str(len(suite.findall(tag))))
    if skipped := suite.findall(".//skipped"):
        suite.set("skipped", str(len(skipped)))
    SubElement(suite, "system-out").text = "\n".join(lines)


def to_xml(suites: Sequence[Element]) -> bytes:
    """Write suites as one document."""
    root = Element("testsuites")
    root.extend(suites)
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()
