from pathlib import Path

import pytest

from natsim.harness.plan.lines import LINE_BYTES_MAX, read_operations
from natsim.scenarios import ScenarioError

GOOD = b'{"id": "p1.o/0", "at": "1s", "do": "flush"}\n'
ADVICE = "write one operation a line, in JSON"


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "ops.jsonl"
    path.write_bytes(b"\n" + GOOD + b"  \n")

    ((operation, document),) = read_operations(path)

    assert operation.id == "p1.o/0"
    assert str(document.wrong_value(("at",), "no")) == f"{path}:2: no"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"{", f"it is not JSON; {ADVICE}"),
        (b"[" * 60_000, f"it is not JSON; {ADVICE}"),
        (b"1" * 5_000, f"it is not JSON; {ADVICE}"),
        (b'{"id": "\xe4"}', f"it is not UTF-8; {ADVICE}"),
        (b'{"id": "a", "id": "b"}', f"id is written twice; {ADVICE}"),
        (b" " * LINE_BYTES_MAX + b"{}", f"the line is longer than 64 KiB; {ADVICE}"),
        (
            b"5",
            "the file is 5; write a mapping such as "
            "{id: p1.b/0, at: 1s, do: publish, subject: orders.new, size: 128}",
        ),
        (
            b'{"id": "p1.o/0", "at": "1s", "do": NaN}',
            "do is nan; write one of connect, subscribe, unsubscribe, publish, request, flush, "
            "drain, close",
        ),
    ],
)
def test_a_line_that_is_wrong_says_which(line: bytes, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "ops.jsonl"
    path.write_bytes(GOOD + line + b"\n")

    with pytest.raises(ScenarioError) as raised:
        read_operations(path)

    assert str(raised.value) == f"{path}:2: {expected}"


def test_of_very_many_mistakes_some_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "ops.jsonl"
    path.write_bytes(b"x\n" * 5_000)

    with pytest.raises(ScenarioError) as raised:
        read_operations(path)

    assert len(raised.value.mistakes) == 101
