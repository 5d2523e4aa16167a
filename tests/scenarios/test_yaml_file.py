from pathlib import Path

import pytest
import yaml

from natsim.scenarios import library, yaml_file
from natsim.scenarios.document import Value
from natsim.scenarios.limits import FILE_BYTES_MAX, NESTING_MAX
from natsim.scenarios.mistake import ScenarioError
from natsim.scenarios.yaml_file import core_value, parse_yaml, read_text


def value_of(text: str) -> Value:
    return parse_yaml(text, "f").value


def mistakes_of(text: str) -> list[str]:
    return [str(mistake) for mistake in parse_yaml(text, "f").mistakes]


def error_of(text: str) -> str:
    with pytest.raises(ScenarioError) as raised:
        parse_yaml(text, "f")
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on", "on"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("2026-11-23", "2026-11-23"),
        ("10s", "10s"),
        ("=", "="),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0o17", 15),
        ("0x1f", 31),
        ("017", 17),
        ("-5", -5),
        ("+5", 5),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("9" * 1_001, "9" * 1_001),
    ],
)
def test_plain_scalars_have_the_types_of_the_core_schema(text: str, expected: Value) -> None:
    assert core_value(text) == expected
    assert type(core_value(text)) is type(expected)


def test_not_a_number_is_a_float() -> None:
    assert isinstance(core_value(".nan"), float)


def test_quoted_scalars_are_text() -> None:
    assert value_of("a: '1'\nb: \"true\"\n") == {"a": "1", "b": "true"}


def test_keys_are_text_also_where_they_look_like_words_of_other_yamls() -> None:
    assert value_of("on: 1\n'1': 2\n") == {"on": 1, "1": 2}


def test_every_key_and_value_is_marked() -> None:
    document = parse_yaml("a: 1\nb:\n  - c:   x\n", "f")

    assert str(document.wrong_key(("b", 0, "c"), "")) == "f:3:5: "
    assert str(document.wrong_value(("b", 0, "c"), "")) == "f:3:10: "


def test_columns_count_characters_not_bytes() -> None:
    document = parse_yaml('{"\u00e4\u00f6": x, b: 1}', "f")

    assert str(document.wrong_key(("b",), "")) == "f:1:11: "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", "f:2:1: a is written twice (first in line 1); keep one"),
        ("a: &x 1\n", "f:1:4: &x is an anchor, which is not read here; leave it out"),
        (
            "a: *x\n",
            "f:1:4: *x is an alias, which is not read here; write the value out, "
            'or a subject in quotes: "*x"',
        ),
        ("<<: {a: 1}\n", "f:1:1: << is a merge key, which is not read here; write the keys out"),
        ("a: !x 1\n", "f:1:4: !x is a tag, which is not read here; write the plain value"),
        ("1: a\n", "f:1:1: a key is text; write a word before the colon, not 1"),
        ("? \n: a\n", "f:1:2: a key is text; write a word before the colon, not nothing"),
        ("? [a]\n: b\n", "f:1:3: a key is one word; write key: value"),
        (
            "a: 1\n---\nb: 1\n",
            "f:2:1: a second document begins here; one file holds one: remove the line ---",
        ),
    ],
)
def test_what_yaml_allows_but_we_do_not_is_a_mistake(text: str, expected: str) -> None:
    assert mistakes_of(text) == [expected]


def test_all_mild_mistakes_are_found_in_one_go() -> None:
    assert len(mistakes_of("a: &x 1\nb: *x\na: 2\n<<: *x\n1: 2\n")) == 6


def test_of_a_key_that_is_there_twice_the_first_counts() -> None:
    assert value_of("a: 1\na: {b: 2}\n") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "place", "advice"),
    [
        ("a:\n\t- b", "f:2:1: ", "; indent with spaces, not tabs"),
        ("s: *.created", "f:1:5: ", '; put text that begins with * or & in quotes: "*.created"'),
        ("{a: b.{c}.d}", "f:1:7: ", "; close the brace, and put text with a brace in quotes"),
        ("a: {b}.c\n", "f:1:7: ", "put text that begins with { or [ in quotes"),
        ("a: 'x", "f:1:6: ", "; close the quote"),
        ("a: b: c", "f:1:5: ", "; put text with ': ' in quotes, and check the indentation"),
        ("a: @x", "f:1:4: ", "; put the text in quotes"),
        (" a: 1\nb: 2", "f:2:1: ", "; begin every key of the file in the first column"),
        ("%YAML 3.0\n---\na", "f:1:1: ", "; see the YAML syntax"),
    ],
)
def test_broken_syntax_is_shown_with_its_place_and_advice(
    text: str, place: str, advice: str
) -> None:
    error = error_of(text)

    assert error.startswith(f"{place}it is not YAML: ")
    assert error.endswith(advice)


@pytest.mark.parametrize("text", ["", "# a comment\n", "\n\n"])
def test_an_empty_file_says_so(text: str) -> None:
    assert error_of(text) == "f: it is empty; write natsim: 1 ..."


def test_deep_nesting_is_refused() -> None:
    error = error_of("- " * (NESTING_MAX + 2) + "x")

    assert error == f"f:1:{2 * NESTING_MAX + 3}: it is nested more than 32 deep; write it flatter"


def test_a_hundred_thousand_brackets_are_refused_without_harm() -> None:
    assert "nested more than 32 deep" in error_of("[" * 100_000)


def test_too_many_values_are_refused() -> None:
    with pytest.raises(ScenarioError, match="the file has more than 10 values; write fewer"):
        parse_yaml("[" + "1," * 20 + "]", "f", 10)


def test_a_control_character_is_shown_with_its_place() -> None:
    assert error_of("a: 1\nb: \x00") == "f:2:4: U+0000 is no text; remove it"


def test_half_a_surrogate_pair_is_no_text() -> None:
    assert error_of("a: \ud800") == "f:1:4: U+D800 is no text; remove it"


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
def test_both_loaders_of_pyyaml_read_the_same(
    loader: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [path.read_text(encoding="utf-8") for path in library().values()]
    expected = [parse_yaml(text, "f") for text in texts]
    monkeypatch.setattr(yaml_file, "LOADER", loader)

    assert [parse_yaml(text, "f") for text in texts] == expected


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "none.yaml"

    with pytest.raises(ScenarioError) as raised:
        read_text(path)

    assert str(raised.value) == f"{path}: there is no such file; check the path"


def test_a_directory_says_so(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="it is a directory; name a file in it"):
        read_text(tmp_path)


def test_a_path_no_system_takes_says_so() -> None:
    with pytest.raises(ScenarioError, match="it cannot be read: embedded null byte"):
        read_text(Path("a\0b"))


def test_a_file_that_is_too_large_says_so(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (FILE_BYTES_MAX + 1))

    with pytest.raises(ScenarioError, match="it is larger than 4 MiB; write less"):
        read_text(path)


def test_a_file_that_is_not_utf8_says_where(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"a: 1\nb: \xe4\n")

    with pytest.raises(ScenarioError) as raised:
        read_text(path)

    assert str(raised.value) == f"{path}:2:4: it is not UTF-8; save the file as UTF-8"


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert parse_yaml(read_text(path), "f").value == {"a": 1}
