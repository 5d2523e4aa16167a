"""Offsets of time zones."""

import pytest

from natsim.harness.time_zones import zone_offset

WINTER_S, SUMMER_S = 1_704_100_000, 1_720_000_000


@pytest.mark.parametrize(
    ("zone", "wall_s", "offset"),
    [
        ("UTC", WINTER_S, 0),
        ("Europe/Berlin", WINTER_S, 3600),
        ("Europe/Berlin", SUMMER_S, 7200),
        ("America/New_York", SUMMER_S, -14_400),
        ("Nowhere/Town", WINTER_S, None),
        ("America", WINTER_S, None),
        ("../../etc/passwd", WINTER_S, None),
        ("\0", WINTER_S, None),
    ],
)
def test_an_offset_is_that_of_a_zone_at_a_time(zone: str, wall_s: int, offset: int | None) -> None:
    assert zone_offset(zone, wall_s) == offset


def test_the_empty_name_is_the_machine_s_own_zone() -> None:
    assert zone_offset("", WINTER_S) is not None
