"""The suite that ships is whole, and what a user adds is checked."""

from pathlib import Path

import pytest

from natsim.conformance.mistake import CaseError
from natsim.conformance.suite import load_suite

DIALOGUE = "PING\nPONG\n"


def test_every_requirement_has_a_case_and_every_case_a_requirement() -> None:
    suite = load_suite()

    covered = {name for case in suite.cases.values() for name in case.covers}

    assert sorted(covered) == sorted(suite.requirements)


def test_every_house_is_lived_in() -> None:
    suite = load_suite()

    lived_in = {case.house for case in suite.cases.values()}

    assert sorted(lived_in) == sorted(suite.houses)


def test_a_prefix_ends_where_a_word_ends() -> None:
    suite = load_suite()

    selected = suite.select(["core.sub"], ["core.sub.duplicate-sid"])

    assert {case.id.split(".")[1] for case in selected} <= {"sub"}
    assert "core.sub.duplicate-sid" not in [case.id for case in selected]


def test_a_prefix_that_nothing_has_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no case begins with core\.su;"):
        load_suite().select(["core.su"], [])


def test_a_user_adds_a_case_by_dropping_a_file(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "ping.txt").write_text(
        f"---\ntitle: It answers.\nrule: PING is answered.\nlevel: should\n---\n{DIALOGUE}"
    )

    suite = load_suite([tmp_path])

    assert suite.cases["own.ping"].folder == tmp_path
    assert suite.requirements["own.ping"].rule == "PING is answered."


def test_a_user_adds_a_case_in_python(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "from natsim.conformance.case import case\n"
        '@case("own.nothing", "Nothing is asked.", "core.info.first")\n'
        "async def nothing(trial):\n    pass\n"
    )

    assert load_suite([tmp_path]).cases["own.nothing"].covers == ("core.info.first",)


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("x.txt", DIALOGUE, 1, "title is missing"),
        ("x.txt", f"---\ntitle: x\n---\n{DIALOGUE}", 1, "there is no requirement x"),
        ("x.txt", f"---\ntitle: x\nrule: x\nhous: x\n---\n{DIALOGUE}", 4, "hous is no key"),
        ("x.txt", f"---\ntitle: x\nrule: x\nhouse: x\n---\n{DIALOGUE}", 1, "there is no house x"),
        ("x.txt", f"---\ntitle: 1\n---\n{DIALOGUE}", 2, "of the wrong type"),
        ("x.txt", f"---\ntitle: x\nversions: new\n---\n{DIALOGUE}", 3, "names no versions"),
        ("x.txt", f"---\ntitle: x\nlevel: maybe\n---\n{DIALOGUE}", 3, "must, should or may"),
        ("x.txt", "---\ntitle: x\nrule: x\n---\n", 5, "there is no dialogue"),
        ("x.py", "1/0\n", 0, "ZeroDivisionError"),
        ("x.py", "a b\n", 1, "SyntaxError"),
        ("requirements.yaml", "a: 1\n", 1, "a: write rule, level and source"),
        ("requirements.yaml", "a: {rule: x, level: x, source: x}\n", 1, "a: level is 'x'"),
        ("requirements.yaml", "a: {rule: x, level: may}\n", 1, "a: source is missing"),
    ],
)
def test_a_mistake_in_an_added_file_names_its_place(
    name: str, text: str, line: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(CaseError) as caught:
        load_suite([tmp_path])

    assert caught.value.path == str(tmp_path / name)
    assert caught.value.line == line
    assert said in caught.value.text


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("config: ''\n", 1, "about is missing"),
        ("about: x\nrooms: 3\n", 2, "rooms is no key"),
        ("about: x\ntls: maybe\n", 2, "tls is 'maybe'; write none, upgrade or first"),
        ("about: x\nservers: 0\n", 2, "write a number from 1 to 9"),
        ("about: x\nversions: new\n", 2, "names no versions"),
    ],
)
def test_a_mistake_in_a_house_names_its_place(
    text: str, line: int, said: str, tmp_path: Path
) -> None:
    house = tmp_path / "houses" / "x.yaml"
    house.parent.mkdir()
    house.write_text(text)

    with pytest.raises(CaseError) as caught:
        load_suite([tmp_path])

    assert (caught.value.path, caught.value.line) == (str(house), line)
    assert said in caught.value.text


@pytest.mark.parametrize("name", ["x.txt", "requirements.yaml", "houses/x.yaml"])
def test_an_added_file_that_is_not_utf_8_names_its_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"a: 1\nb: \xff\n")

    with pytest.raises(CaseError, match="it is not UTF-8") as caught:
        load_suite([tmp_path])

    assert (caught.value.path, caught.value.line) == (str(path), 2)


def test_an_id_that_is_taken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(f"---\ntitle: x\nid: core.info.first\nrule: x\n---\n{DIALOGUE}")

    with pytest.raises(CaseError, match="there is a case core"):
        load_suite([tmp_path])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="there is no such folder"):
        load_suite([tmp_path / "none"])
