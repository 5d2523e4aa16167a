"""The command says what is wrong with its arguments."""

from click.testing import CliRunner

from .__main__ import main


def test_seeds_that_are_no_range_are_refused() -> None:
    result = CliRunner().invoke(main, ["--seeds", "5..1"])

    assert result.exit_code == 2
    assert "1..5" in result.output
