"""Hypothesis strategies: streams for tests that want to find, and shrink, what breaks something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from .generate import draw_stream

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from .stream import Stream


def streams() -> SearchStrategy[Stream]:
    """Make streams of the kind that seeds make: valid commands, odd ones and broken ones."""
    # Every draw of the generator is one of Hypothesis, so that it can make a stream simpler.
    return st.builds(draw_stream, st.randoms(use_true_random=False), st.just(0))
