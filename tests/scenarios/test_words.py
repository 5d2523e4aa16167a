import pytest

from natsim.scenarios.mistake import RuleError
from natsim.scenarios.words import FAULTS, GUARANTEES, check_guarantee, fault_advice


@pytest.mark.parametrize("word", GUARANTEES)
def test_every_guarantee_is_taken_as_it_is(word: str) -> None:
    assert check_guarantee(word) == word


def test_a_near_miss_is_mended() -> None:
    with pytest.raises(RuleError) as raised:
        check_guarantee("at-most-onc")

    assert raised.value.rule == "did you mean at-most-once?"


@pytest.mark.parametrize("raw", [5, None, [], {"a": 1, "b": 2}])
def test_what_is_no_word_is_refused(raw: object) -> None:
    with pytest.raises(RuleError, match="write one of at-most-once"):
        check_guarantee(raw)


def test_a_fault_of_another_version_is_not_taken_for_a_typing_error() -> None:
    known = ", ".join(FAULTS)

    assert fault_advice("lossy") == f"lossy is not in this version; write one of {known}"
