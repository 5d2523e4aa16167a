"""The modes, a family a file; importing this puts them all into the table."""

from tests.quality.planted.mode import HEALTHY, MODES, Mode

from . import (
    auth,
    corruptions,
    deliveries,
    errors,
    grammar,
    headers,
    info,
    limits,
    options,
    pings,
    queues,
    requests,
    subscriptions,
    verbose,
    wildcards,
)

__all__ = [
    "HEALTHY",
    "MODES",
    "Mode",
    "auth",
    "corruptions",
    "deliveries",
    "errors",
    "grammar",
    "headers",
    "info",
    "limits",
    "options",
    "pings",
    "queues",
    "requests",
    "subscriptions",
    "verbose",
    "wildcards",
]
