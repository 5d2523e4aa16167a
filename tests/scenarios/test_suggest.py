import pytest

from natsim.scenarios.suggest import suggestion


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("publsh", ["publish", "subscribe"], "did you mean publish?"),
        ("Publish", ["publish", "subscribe"], "did you mean publish?"),
        ("xyz", ["publish", "subscribe"], "write one of publish, subscribe"),
        ("xyz", ["publish"], "write publish"),
        (
            "xyz",
            [f"w{n}" for n in range(20)],
            "write one of w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11...",
        ),
    ],
)
def test_the_nearest_word_is_suggested_or_all_are_listed(
    word: str, known: list[str], expected: str
) -> None:
    assert suggestion(word, known) == expected
