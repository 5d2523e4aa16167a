"""The examples in the docstrings are true."""

import doctest

from natsim.harness.checkers import evidence


def test_the_examples_hold() -> None:
    results = doctest.testmod(evidence)

    assert (results.attempted > 0, results.failed) == (True, 0)
