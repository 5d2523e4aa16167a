from natsim.scenarios.document import Document
from natsim.scenarios.yaml_file import parse_yaml

TEXT = """\
a:
  b: [x, {c: 1}]
d: 2
"""


def document() -> Document:
    return parse_yaml(TEXT, "f")


def test_a_mistake_points_at_the_value() -> None:
    assert str(document().wrong_value(("a", "b", 1, "c"), "no")) == "f:2:14: no"


def test_a_mistake_points_at_the_key() -> None:
    assert str(document().wrong_key(("a", "b"), "no")) == "f:2:3: no"


def test_an_item_has_no_key_so_its_value_is_pointed_at() -> None:
    assert str(document().wrong_key(("a", "b", 1), "no")) == "f:2:10: no"


def test_what_is_not_in_the_file_is_looked_for_around() -> None:
    assert str(document().wrong_value(("a", "<tag>", "b", 1, "z"), "no")) == "f:2:10: no"


def test_the_nearest_of_a_lone_item_is_the_item() -> None:
    assert document().nearest(("d", 0, "subject")) == ("d",)


def test_marks_stay_with_what_is_left_when_a_part_is_cut_out() -> None:
    rest = document().without({("a", "b", 0)})

    assert rest.value == {"a": {"b": [{"c": 1}]}, "d": 2}
    assert str(rest.wrong_value(("a", "b", 0, "c"), "no")) == "f:2:14: no"
