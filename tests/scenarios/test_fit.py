from natsim.scenarios.document import Value
from natsim.scenarios.fit import Fitted, fit
from natsim.scenarios.schema import WrittenScenario
from natsim.scenarios.yaml_file import parse_yaml

SPARE: dict[str, Value] = {"duration": "1h", "clients": {}}


def fitted(text: str) -> Fitted[WrittenScenario]:
    return fit(WrittenScenario, parse_yaml(text, "f"), SPARE)


def test_a_good_file_fits_as_a_whole(head: str) -> None:
    result = fitted(head)

    assert result.written is not None
    assert (result.mistakes, result.spared) == ((), frozenset())


def test_only_the_part_that_does_not_fit_is_lost(head: str) -> None:
    result = fitted(head.replace("rate: 10/s", "rate: 10/s, size: 1"))

    assert result.written is not None
    assert list(result.written.clients) == ["p1", "s1"]
    assert result.written.clients["p1"].publish[0].size == 128
    assert len(result.mistakes) == 1


def test_an_item_that_lacks_a_key_is_lost_whole(head: str) -> None:
    result = fitted(head.replace("at: n2, ", ""))

    assert result.written is not None
    assert list(result.written.clients) == ["p1"]


def test_what_is_spared_is_told(head: str) -> None:
    result = fitted(head.replace("duration: 10s\n", ""))

    assert result.written is not None
    assert result.spared == {"duration"}


def test_too_little_is_nothing() -> None:
    result = fitted("natsim: 1\n")

    assert result.written is None
    assert len(result.mistakes) == 4
