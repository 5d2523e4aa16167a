"""Transforms rewrite subjects as nats-server 2.15.1 does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.transform import (
    MappingError,
    read_import_transform,
    read_transform,
    tokenized,
)


@pytest.mark.parametrize(
    ("source", "destination", "subject", "expected"),
    [
        (b"part.*.*", b"p.{{partition(3,1,2)}}.{{wildcard(2)}}.$1", b"part.a.b", b"p.0.b.a"),
        (b"part.*.*", b"p.{{ Partition (3, 1, 2) }}.$2.$1", b"part.x.yy", b"p.0.yy.x"),
        (b"part.*", b"q.{{partition(10)}}", b"part.q", b"q.5"),
        (b"lit", b"p.{{partition(10)}}", b"lit", b"p.0"),
        (b"spl.*", b"s.{{split(1,-)}}", b"spl.a-b--c", b"s.a.b.c"),
        (b"spl.*", b"s.{{split(1,-)}}", b"spl.-a", b"s.a"),
        (b"spl.*", b"s.{{split(1,-)}}", b"spl.abc-", b"s.abc"),
        (b"sl.*", b"s.{{SliceFromLeft(1,3)}}", b"sl.abcdefgh", b"s.abc.def.gh"),
        (b"sl.*", b"s.{{SliceFromLeft(1,3)}}", b"sl.ab", b"s.ab"),
        (b"sr.*", b"s.{{sliceFromRight(1,3)}}", b"sr.abcdefgh", b"s.ab.cde.fgh"),
        (b"sr.*", b"s.{{sliceFromRight(1,3)}}", b"sr.abcdef", b"s.abc.def"),
        (b"fl.*", b"s.{{splitFromLeft(1,2)}}", b"fl.abc", b"s.ab.c"),
        (b"fl.*", b"s.{{splitFromLeft(1,2)}}", b"fl.ab", b"s.ab"),
        (b"fr.*", b"s.{{splitFromRight(1,2)}}", b"fr.abc", b"s.a.bc"),
        (b"le.*", b"s.{{left(1,2)}}", b"le.abc", b"s.ab"),
        (b"ri.*", b"s.{{right(1,2)}}", b"ri.abc", b"s.bc"),
        (b"tail.>", b"t.x.>", b"tail.q.r", b"t.x.q.r"),
        (b"w.*.>", b"ww.{{wildcard(1)}}.z.>", b"w.1.2.3", b"ww.1.z.2.3"),
        (b"x", b"y.$a.{{random(5)}}", b"x", b"y.$a.4"),
    ],
)
def test_a_subject_is_rewritten(
    source: bytes, destination: bytes, subject: bytes, expected: bytes
) -> None:
    transform = read_transform(source, destination, lambda n: n - 1)

    assert transform.apply(subject) == expected


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        (b"a.*", b"b.$2"),
        (b"a.*", b"b.*"),
        (b"a.>", b"b"),
        (b"a", b"b.>"),
        (b"a", b"b.$1"),
        (b"a", b"b.{{wildcard(1)}}"),
        (b"a.*", b"b.{{unknown(1)}}"),
        (b"a.*", b"b.{{wildcard()}}"),
        (b"a.*", b"b.{{wildcard(x)}}"),
        (b"a.*", b"b.{{split(1)}}"),
        (b"a.*", b"b.{{partition(9999999999)}}"),
        (b"a.*", b"b..c"),
    ],
)
def test_a_destination_that_cannot_be_is_refused(source: bytes, destination: bytes) -> None:
    with pytest.raises(MappingError):
        read_transform(source, destination, lambda _: 0)


@pytest.mark.parametrize("destination", [b"b.$1", b"b.{{partition(2,1)}}.$2"])
def test_an_import_uses_each_wildcard_and_no_other_function(destination: bytes) -> None:
    with pytest.raises(MappingError):
        read_import_transform(b"a.*.*", destination, lambda _: 0)


@given(
    st.lists(st.sampled_from([b"a", b"*"]), min_size=1, max_size=4),
    st.booleans(),
    st.lists(st.sampled_from([b"x", b"y", b"a"]), min_size=6, max_size=6),
)
def test_the_way_back_ends_where_it_began(
    pattern: list[bytes], has_tail: bool, tokens: list[bytes]
) -> None:
    tail = [b">"] if has_tail else []
    source = b".".join([*pattern, *tail])
    subject = b".".join(
        [token if token != b"*" else tokens[at] for at, token in enumerate(pattern)]
        + (tokens[4:] if has_tail else [])
    )
    transform = read_import_transform(source, b"to." + tokenized(source), lambda _: 0)

    assert transform.reverse().apply(transform.apply(subject)) == subject
