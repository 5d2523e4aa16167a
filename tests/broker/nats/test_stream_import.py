"""A shadow gets what is imported and matches the subscription, and nothing else."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.account import Account
from natsim.broker.nats.options import AccountOptions, StreamImport
from natsim.broker.nats.stream_import import ImportedStream
from natsim.broker.nats.subject import pattern_matches

SUBJECTS = [
    b".".join(each) for size in (1, 2, 3, 4) for each in product([b"a", b"b", b"z"], repeat=size)
]


@st.composite
def _patterns(draw: st.DrawFn) -> bytes:
    tokens = draw(st.lists(st.sampled_from([b"a", b"b", b"*"]), max_size=3))
    tail = [b">"] if not tokens or draw(st.booleans()) else []
    return b".".join([*tokens, *tail])


@given(_patterns(), st.sampled_from([b"", b"b", b"a.b"]), _patterns())
def test_a_shadow_stands_for_the_part_that_both_match(
    source: bytes, prefix: bytes, pattern: bytes
) -> None:
    exporter = Account(AccountOptions(name="A"))
    options = StreamImport(account="A", subject=source, prefix=prefix)
    stream = ImportedStream(options, exporter, lambda _: 0)

    shadow = stream.shadow(pattern)

    got = [each for each in SUBJECTS if shadow is not None and pattern_matches(shadow, each)]
    assert got == [
        each
        for each in SUBJECTS
        if pattern_matches(source, each) and pattern_matches(pattern, stream.name(each))
    ]
