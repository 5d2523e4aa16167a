"""The interest that a sublist is measured with: patterns, queue groups, and subjects published.

A fleet: devices of tenants report on two topics. Of each hundred subscriptions eighty are literal,
fifteen have a `*`, five end in `>`; every tenth is in a queue group. A message reaches about five
of them, however many there are.
Law of the file: only the standard library, and everything is a function of a number.
"""

from __future__ import annotations

CLIENTS = 10
"""How many connections the subscriptions are spread over."""

PER_TENANT = 100
_DEVICES = 40
_TOPICS = (b"state", b"alarm")

# Where in each hundred the subscriptions of one form end.
_LITERALS = 80
_STARS_BEHIND_A_DEVICE = 90
_STARS_FOR_A_DEVICE = 94
_STARS_FOR_A_TENANT = 95
_TAILS_BEHIND_A_TENANT = 97


def pattern(number: int) -> bytes:
    """Name the subject of a subscription."""
    tenant, place = divmod(number, PER_TENANT)
    device = tenant * _DEVICES + place % _DEVICES
    topic = _TOPICS[place // _DEVICES % 2]
    if place < _LITERALS:
        return b"fleet.t%d.d%d.%b" % (tenant, device, topic)
    if place < _STARS_BEHIND_A_DEVICE:
        return b"fleet.t%d.d%d.*" % (tenant, device)
    if place < _STARS_FOR_A_DEVICE:
        return b"fleet.t%d.*.%b" % (tenant, _TOPICS[place % 2])
    if place < _STARS_FOR_A_TENANT:
        return b"fleet.*.d%d.%b" % (device, topic)
    if place < _TAILS_BEHIND_A_TENANT:
        return b"fleet.t%d.>" % tenant
    return b"fleet.t%d.d%d.>" % (tenant, device)


def queue(number: int) -> bytes:
    """Name the queue group of a subscription, empty for none."""
    return b"workers" if number % 10 == 3 else b""


def subject(number: int, tenants: int) -> bytes:
    """Name a subject that is published to; the first `tenants * 80` numbers name different ones."""
    tenant = number % tenants
    place = number // tenants % (2 * _DEVICES)
    device = tenant * _DEVICES + place % _DEVICES
    return b"fleet.t%d.d%d.%b" % (tenant, device, _TOPICS[place // _DEVICES])


def sub_line(number: int) -> bytes:
    """Write the SUB of a subscription."""
    words = (b"SUB", pattern(number), queue(number), b"%d" % number)
    return b" ".join(word for word in words if word) + b"\r\n"
