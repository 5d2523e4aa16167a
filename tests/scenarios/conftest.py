from collections.abc import Callable

import pytest

from natsim.scenarios import Scenario, ScenarioError, parse_scenario
from natsim.scenarios.quantity import S

HEAD = """\
natsim: 1
scenario: test
duration: 10s
servers: {n1: {}, n2: {}}
clients:
  p1: {at: n1, publish: {subject: a, rate: 10/s}}
  s1: {at: n2, subscribe: a}
"""


@pytest.fixture
def head() -> str:
    """Seven lines of a good scenario, to which lines can be added."""
    return HEAD


@pytest.fixture
def second() -> int:
    return S


@pytest.fixture
def scenario_with() -> Callable[[str], Scenario]:
    """Read the good scenario with lines added."""

    def read(lines: str) -> Scenario:
        return parse_scenario(HEAD + lines, "f")

    return read


@pytest.fixture
def mistakes() -> Callable[[str], list[str]]:
    """Read a text that is wrong, and return its mistakes as they are printed."""

    def read(text: str) -> list[str]:
        with pytest.raises(ScenarioError) as raised:
            parse_scenario(text, "f")
        return str(raised.value).splitlines()

    return read


@pytest.fixture
def mistakes_with(mistakes: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Read the good scenario with lines added that are wrong."""

    def read(lines: str) -> list[str]:
        return mistakes(HEAD + lines)

    return read


@pytest.fixture
def mistakes_of_client(mistakes: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """Read a scenario whose only client, in line 6 from column 7, is wrong."""

    def read(client: str) -> list[str]:
        text = "natsim: 1\nscenario: test\nduration: 10s\nservers: {n1: {}}\nclients:\n  x1: "
        return mistakes(f"{text}{client}\n")

    return read
