"""Situations that clients get into, and the one report that all of them give of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .configurations import (
    AUTHORITY,
    CLIENT_CERTIFICATE,
    CREDS,
    MAPPED_CERTIFICATE,
    NKEY,
    PASSWORD,
    SEED,
    STRANGER,
    STRANGER_CREDS,
    STRANGER_SEED,
    TOKEN,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEGABYTE = 1024 * 1024
VIOLATION = "authorization violation"
NO_CONNECTION = "no connection"

CAME_OF: Mapping[str, object] = {
    "subjects": {"count": 1000, "first": "orders.new=0", "last": "orders.new=999"},
    "queue": {"members": 100, "both": True, "alone": 100},
    "request": "hi",
    "headers": "hi 7",
    "nobody": "no responders",
    "large": [MEGABYTE],
    "denied": "told",
    "restart": "again",
    "lame duck": "told",
    "drain": 100,
}
"""What comes of each step."""

_DENIED = re.compile(r"permissions violation for (publish|subscription) to \W*(\w+)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A server as it was told to be, and a client that comes with something to show.

    shown: the part of the job that says who the client is.
    needs: what a client must be able to do; steps need themselves.
    refusal: what a client says that is sent away.
    """

    name: str
    configuration: str
    shown: Mapping[str, str | bool] = field(default_factory=dict[str, "str | bool"])
    needs: Sequence[str] = ("tcp",)
    steps: Sequence[str] = ("request",)
    refusal: str = ""

    @property
    def is_alone(self) -> bool:
        """Whether it does something to its server, which others must not share."""
        return not {"restart", "lame duck"}.isdisjoint(self.steps)

    def steps_without(self, lacks: frozenset[str]) -> list[str]:
        """List the steps for a client that lacks some abilities."""
        return [step for step in self.steps if step not in lacks]

    def report(self, steps: Sequence[str]) -> object:
        """Give the report of a client that takes these of the steps."""
        if self.refusal:
            return {"refused": self.refusal, "errors": [], "steps": {}}
        return {
            "refused": "",
            "errors": ["publish to secret", "subscription to secret"] if "denied" in steps else [],
            "steps": {step: CAME_OF[step] for step in steps},
        }


_PASSWORD = {"password": PASSWORD}
_TRUST = {"ca": AUTHORITY}

SITUATIONS = [
    Situation(
        name="open",
        configuration="open",
        steps=("subjects", "queue", "request", "headers", "nobody", "large", "drain"),
    ),
    Situation(name="token", configuration="token", shown={"token": TOKEN}),
    Situation(
        name="other-token", configuration="token", shown={"token": "other"}, refusal=VIOLATION
    ),
    Situation(name="password", configuration="users", shown={"user": "plain", **_PASSWORD}),
    Situation(name="hashed", configuration="users", shown={"user": "hashed", **_PASSWORD}),
    Situation(
        name="other-password",
        configuration="users",
        shown={"user": "hashed", "password": "other"},
        refusal=VIOLATION,
    ),
    Situation(name="no-auth-user", configuration="users", steps=("request", "denied")),
    Situation(
        name="nkey",
        configuration="users",
        shown={"nkey": NKEY.public, "seed": NKEY.secret, "seed_file": SEED},
        needs=("tcp", "nkey"),
    ),
    Situation(
        name="other-nkey",
        configuration="users",
        shown={"nkey": STRANGER.public, "seed": STRANGER.secret, "seed_file": STRANGER_SEED},
        needs=("tcp", "nkey"),
        refusal=VIOLATION,
    ),
    Situation(
        name="creds", configuration="operator", shown={"creds": CREDS}, needs=("tcp", "creds")
    ),
    Situation(
        name="other-creds",
        configuration="operator",
        shown={"creds": STRANGER_CREDS},
        needs=("tcp", "creds"),
        refusal=VIOLATION,
    ),
    Situation(name="tls", configuration="tls", shown=_TRUST, needs=("tcp", "tls")),
    Situation(
        name="tls-both-ways",
        configuration="tls-both-ways",
        shown={**_TRUST, **CLIENT_CERTIFICATE},
        needs=("tcp", "certificate"),
    ),
    Situation(
        name="tls-without-certificate",
        configuration="tls-both-ways",
        shown=_TRUST,
        needs=("tcp", "tls"),
        refusal=NO_CONNECTION,
    ),
    Situation(
        name="tls-mapped",
        configuration="tls-mapped",
        shown={**_TRUST, **MAPPED_CERTIFICATE},
        needs=("tcp", "certificate"),
        steps=("request", "denied"),
    ),
    Situation(
        name="tls-mapped-to-nobody",
        configuration="tls-mapped",
        shown={**_TRUST, **CLIENT_CERTIFICATE},
        needs=("tcp", "certificate"),
        refusal=VIOLATION,
    ),
    Situation(
        name="tls-first",
        configuration="tls-first",
        shown={**_TRUST, "first": True},
        needs=("tcp", "tls first"),
    ),
    Situation(
        name="websocket",
        configuration="websocket",
        needs=("websocket",),
        steps=("subjects", "queue", "request", "headers", "nobody", "large", "drain"),
    ),
    Situation(
        name="restart",
        configuration="users",
        shown={"user": "plain", **_PASSWORD},
        steps=("restart",),
    ),
    Situation(
        name="lame-duck", configuration="open", needs=("tcp", "lame duck"), steps=("lame duck",)
    ),
]


def as_all_say_it(report: Mapping[str, object]) -> object:
    """Put the texts of a report, which each client words its own way, into the same words."""
    refused, errors = str(report["refused"]), str(report["errors"])
    reason = VIOLATION if VIOLATION in refused.lower() else NO_CONNECTION
    return {
        "refused": reason if refused else "",
        "errors": sorted({" to ".join(denied).lower() for denied in _DENIED.findall(errors)}),
        "steps": report["steps"],
    }
