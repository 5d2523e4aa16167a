"""When and from where a user may be connected, and what a role means for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.auth.claims import Grant, Hours, Registered, Rules
from natsim.broker.nats.auth.distinguished_name import is_same_name, parse_name
from natsim.broker.nats.auth.hours import greenwich_only, read_clock, time_left_ns
from natsim.broker.nats.auth.jwt_error import JwtError
from natsim.broker.nats.auth.role import EXPANSIONS_MAX, Names, fill_role
from natsim.broker.nats.auth.source import is_from
from natsim.broker.now import SECOND_NS

DAY_NS = 86_400 * SECOND_NS
HOUR_NS = 3600 * SECOND_NS


def east(zone: str, wall_s: int) -> int | None:
    """Know one zone, an hour east."""
    del wall_s
    return 3600 if zone == "East" else None


@pytest.mark.parametrize(
    ("start", "end", "hour", "left"),
    [
        ("08:00:00", "17:00:00", 9, 8),
        ("08:00:00", "17:00:00", 7, None),
        ("08:00:00", "17:00:00", 8, None),
        ("08:00:00", "17:00:00", 17, None),
        ("22:00:00", "06:00:00", 23, 7),
        ("22:00:00", "06:00:00", 5, 1),
        ("22:00:00", "06:00:00", 12, None),
        ("00:00:00", "00:00:00", 12, None),
    ],
)
def test_hours_last_until_their_end(start: str, end: str, hour: int, left: int | None) -> None:
    wall_ns = 19_000 * DAY_NS + hour * HOUR_NS

    found = time_left_ns([Hours(start=start, end=end)], "", wall_ns, greenwich_only)

    assert found == (None if left is None else left * HOUR_NS)


def test_the_longest_of_several_hours_counts() -> None:
    hours = [Hours(start="08:00:00", end="10:00:00"), Hours(start="08:00:00", end="12:00:00")]

    assert time_left_ns(hours, "", 9 * HOUR_NS, greenwich_only) == 3 * HOUR_NS


def test_hours_are_those_of_a_zone() -> None:
    hours = [Hours(start="08:00:00", end="10:00:00")]

    left = [time_left_ns(hours, zone, 8 * HOUR_NS, east) for zone in ("East", "West")]

    assert left == [HOUR_NS, None]


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("00:00:00", 0),
        ("23:59:59", 86_399),
        ("9:00:00", 32_400),
        ("24:00:00", None),
        ("00:60:00", None),
        ("00:00", None),
        ("", None),
        ("\u0660\u0660:00:00", None),
    ],
)
def test_a_clock_is_read(text: str, second: int | None) -> None:
    assert read_clock(text) == second


@pytest.mark.parametrize(
    ("host", "sources", "is_allowed"),
    [
        ("10.1.2.3", (), True),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("10.1.2.3", ("11.0.0.0/8", "10.1.2.3/32"), True),
        ("10.1.2.3", ("11.0.0.0/8",), False),
        ("10.1.2.3", ("10.1.2.9/8",), True),
        ("::ffff:10.1.2.3", ("10.0.0.0/8",), True),
        ("::1", ("::/64",), True),
        ("::1", ("10.0.0.0/8",), False),
        ("localhost", ("10.0.0.0/8",), False),
        ("10.1.2.3", ("10.1.2.3",), False),
        ("10.1.2.3", ("10.0.0.0/255.0.0.0",), False),
    ],
)
def test_an_address_is_in_a_network(host: str, sources: tuple[str, ...], is_allowed: bool) -> None:
    assert is_from(host, sources) == is_allowed


@given(st.text(), st.text())
def test_no_text_breaks_the_networks(host: str, cidr: str) -> None:
    assert is_from(host, [cidr]) is False


NAMES = Names(
    user=Registered(issuer="A", subject="UX", name="alice", tags=("team:red", "team:blue")),
    account="AX",
    account_name="acme",
    account_tags=("at:home",),
)


def filled(*allow: str, deny: tuple[str, ...] = ()) -> Rules:
    return fill_role(Grant(rules=Rules(publish_allow=allow, publish_deny=deny)), NAMES).rules


@pytest.mark.parametrize(
    ("template", "subjects"),
    [
        ("plain", ("plain",)),
        ("a.{{name()}}", ("a.alice",)),
        ("{{ Name() }}.{{subject()}}", ("alice.UX",)),
        ("{{account-name()}}.{{account-subject()}}", ("acme.AX",)),
        ("t.{{tag(team)}}", ("t.red", "t.blue")),
        ("t.{{account-tag(at)}}", ("t.home",)),
        ("{{tag(team)}}.{{account-tag(at)}}", ("red.home", "blue.home")),
    ],
)
def test_a_template_is_filled_in(template: str, subjects: tuple[str, ...]) -> None:
    assert filled(template).publish_allow == subjects


def test_allowed_subjects_without_a_tag_fall_away() -> None:
    assert filled("a", "b.{{tag(none)}}").publish_allow == ("a",)


def test_once_all_allowed_subjects_fell_away_everything_is_denied() -> None:
    rules = filled("b.{{tag(none)}}")

    assert (rules.publish_allow, rules.publish_deny) == ((), (">",))


@pytest.mark.parametrize(
    ("allow", "deny"),
    [
        ((), ("b.{{tag(none)}}",)),
        (("{{pigeon()}}",), ()),
        ((), ("b.{{name()}}.",)),
    ],
)
def test_what_cannot_be_filled_in_is_an_error(
    allow: tuple[str, ...], deny: tuple[str, ...]
) -> None:
    with pytest.raises(JwtError):
        filled(*allow, deny=deny)


def test_a_role_expands_so_far_and_no_further() -> None:
    tags = tuple(f"t:{number}" for number in range(EXPANSIONS_MAX + 1))
    names = Names(
        user=Registered(issuer="A", subject="U", tags=tags),
        account="",
        account_name="",
        account_tags=(),
    )

    with pytest.raises(JwtError, match="limit"):
        fill_role(Grant(rules=Rules(publish_allow=("{{tag(t)}}",))), names)


@pytest.mark.parametrize(
    "text",
    ["", "CN", "=x", "CN=a,", "CN=#0403", "CN=a\\", "CN=\\zz", "CN=a,,O=b"],
)
def test_another_text_is_no_distinguished_name(text: str) -> None:
    assert parse_name(text) is None


def test_escapes_in_a_name_are_undone() -> None:
    assert parse_name("CN= a\\,\\2b\\c3\\a4\\  ,O=b") == ((("cn", "a,+ä "),), (("o", "b"),))


def test_names_are_the_same_in_any_order() -> None:
    one, other = parse_name("CN=a,O=b"), parse_name("o=b,cn=a")

    assert one is not None
    assert other is not None
    assert is_same_name(one, other)


@given(st.text())
def test_no_text_breaks_the_parser_of_names(text: str) -> None:
    parsed = parse_name(text)

    assert parsed is None or all(parsed)
