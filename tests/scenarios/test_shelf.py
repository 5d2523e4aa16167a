import pytest

from natsim.scenarios import library, load_scenario

SMOKE = {"smoke/one-to-one", "smoke/queue-group", "smoke/request-reply"}


def test_the_library_is_listed_by_name() -> None:
    assert set(library()) >= SMOKE | {"demo", "network/partition-heals", "crash/kill-restart"}


def test_names_are_sorted() -> None:
    assert list(library()) == sorted(library())


@pytest.mark.parametrize("name", library())
def test_a_scenario_has_the_name_of_its_file(name: str) -> None:
    scenario = load_scenario(library()[name])

    assert scenario.name == name.split("/")[-1]


@pytest.mark.parametrize("name", library())
def test_a_scenario_opens_with_a_sketch(name: str) -> None:
    lines = library()[name].read_text(encoding="utf-8").splitlines()

    comment = lines[: lines.index("natsim: 1")]
    assert len(comment) >= 3
    assert all(line.startswith("#") for line in comment)


@pytest.mark.parametrize("name", library())
def test_a_scenario_is_over_soon(name: str) -> None:
    scenario = load_scenario(library()[name])

    assert scenario.duration_ns + scenario.settle_ns <= 15_000_000_000


@pytest.mark.parametrize("name", library())
def test_a_scenario_says_what_it_expects_or_expects_all_that_applies(name: str) -> None:
    assert load_scenario(library()[name]).expect != ()
