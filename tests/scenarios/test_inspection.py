from natsim.scenarios.inspection import Inspection
from natsim.scenarios.limits import MISTAKES_MAX
from natsim.scenarios.yaml_file import parse_yaml

TEXT = """\
servers: {n1: {}, N2: {}}
clients:
  p1: {at: n1}
  w1..w2: {at: 5}
  Bad: {at: n1}
"""


def look() -> Inspection:
    document = parse_yaml(TEXT, "f")
    return Inspection(document, document, is_whole=True, duration_ns=None)


def test_good_names_are_known_whatever_else_is_wrong() -> None:
    assert look().servers == ("n1",)
    assert look().clients == {"p1": "n1", "w1": "", "w2": ""}


def test_a_name_is_looked_up_and_its_mistake_noted() -> None:
    inspection = look()

    assert not inspection.is_node("p2", ("clients", "p1", "at"))
    assert list(map(str, inspection.mistakes)) == [
        "f:3:12: there is no node p2; write one of n1, p1, w1, w2",
    ]


def test_a_look_through_another_document_shares_the_mistakes() -> None:
    inspection = look()

    inspection.through(parse_yaml("at: n9", "g")).is_server("n9", ("at",))

    assert list(map(str, inspection.mistakes)) == ["g:1:5: there is no server n9; write n1"]


def test_after_many_mistakes_near_words_are_not_sought() -> None:
    inspection = look()
    for _ in range(MISTAKES_MAX + 1):
        inspection.wrong_value((), "no")

    assert inspection.advice("p2", ["p1", "n1"]) == "write one of p1, n1"
