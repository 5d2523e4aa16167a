import pytest

from natsim.scenarios.document import Place
from natsim.scenarios.ends import check_fault_end, check_until
from natsim.scenarios.inspection import Inspection
from natsim.scenarios.yaml_file import parse_yaml

ROOT: Place = ()


def look(duration_ns: int | None) -> Inspection:
    document = parse_yaml("{from: 1s, until: 2s, at: 1s, for: 1s}", "f")
    return Inspection(document, document, is_whole=True, duration_ns=duration_ns)


@pytest.mark.parametrize(
    ("from_ns", "until_ns", "expected"),
    [
        (0, None, []),
        (0, 10, []),
        (9, 10, []),
        (10, None, ["f:1:8: it begins at 10ns, but the duration is 10ns; write less"]),
        (0, 11, ["f:1:19: until is 11ns, but the duration is 10ns; write 10ns or less"]),
        (5, 5, ["f:1:19: until is 5ns, but it begins at 5ns; write more than 5ns"]),
    ],
)
def test_something_begins_and_ends_in_time(
    from_ns: int, until_ns: int | None, expected: list[str]
) -> None:
    inspection = look(10)

    check_until(from_ns, until_ns, ROOT, inspection)

    assert list(map(str, inspection.mistakes)) == expected


@pytest.mark.parametrize(
    ("at_ns", "for_ns", "expected"),
    [
        (0, 10, []),
        (9, 1, []),
        (10, 1, ["f:1:27: the fault begins at 10ns, but the duration is 10ns; write less"]),
        (9, 2, ["f:1:36: the fault ends at 11ns, but the duration is 10ns; write 1ns or less"]),
    ],
)
def test_a_fault_begins_and_ends_in_time(at_ns: int, for_ns: int, expected: list[str]) -> None:
    inspection = look(10)

    check_fault_end(at_ns, for_ns, ("for",), inspection)

    assert list(map(str, inspection.mistakes)) == expected


def test_without_a_known_duration_nothing_is_late() -> None:
    inspection = look(None)

    check_fault_end(100, 100, ("for",), inspection)
    check_until(100, 200, ROOT, inspection)

    assert inspection.mistakes == []
