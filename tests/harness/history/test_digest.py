"""Equal runs have equal digests."""

from hashlib import blake2b

from natsim.harness.history.digest import history_digest
from natsim.harness.history.entry import Delivered, Entry, Marked, Phase
from natsim.harness.history.story import Story


def deliveries() -> list[Entry]:
    return [
        Delivered(7, "s1", "s1#1", "s1.a", "orders", "p1.a/0", 7, "00ff"),
        Delivered(7, "s1", "s1#1", "s1.b", "orders", "p1.a/0", 7, "00ff"),
        Delivered(7, "s0", "s0#1", "s0.a", "orders", "p1.a/0", 7, "00ff"),
        Marked(8, Phase.END),
    ]


def test_the_digest_is_as_the_reference_says() -> None:
    lines = (
        b'{"conn":"s0#1","f":"deliver","msg":"p1.a/0","process":"s0","sha":"00ff","size":7,'
        b'"sub":"s0.a","subject":"orders","t":7,"type":"observe"}\n'
        b'{"conn":"s1#1","f":"deliver","msg":"p1.a/0","process":"s1","sha":"00ff","size":7,'
        b'"sub":"s1.a","subject":"orders","t":7,"type":"observe"}\n'
        b'{"conn":"s1#1","f":"deliver","msg":"p1.a/0","process":"s1","sha":"00ff","size":7,'
        b'"sub":"s1.b","subject":"orders","t":7,"type":"observe"}\n'
        b'{"phase":"end","t":8,"type":"phase"}\n'
    )

    assert history_digest(deliveries()) == blake2b(lines, digest_size=16).hexdigest()


def test_the_order_within_one_instant_does_not_count() -> None:
    entries = deliveries()

    assert history_digest(list(reversed(entries))) == history_digest(entries)


def test_every_member_counts() -> None:
    story, other = Story(), Story()
    story.connect("p1", server_id="a")
    other.connect("p1", server_id="b")

    assert history_digest(story.entries) != history_digest(other.entries)
