"""Cases: what every path of the monitoring port has in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.members import read_members
from natsim.conformance.monitoring import ask

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

ENDPOINTS = (
    "/varz", "/connz", "/routez", "/gatewayz", "/leafz", "/accountz", "/accstatz", "/jsz",
)  # fmt: skip
"""What gives a JSON object that says of which server, and when it was asked."""

METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS")


@case("monitor.http.root", "The root page links to the endpoints.", house="monitor")
async def root(trial: Trial) -> None:
    status, headers, body = await trial.server.monitor("/")

    if status != 200 or not headers.get("content-type", "").startswith("text/html"):
        raise Failed(f"/ is answered by {status}, {headers.get('content-type')}")
    for name in (b"varz", b"connz", b"subsz", b"routez", b"healthz"):
        if not re.search(rb'href="?[^"\s>]*/%b\b' % name, body):
            raise Failed(f"the root page has no link to /{name.decode()}")


@case("monitor.http.not-found", "A path that nobody knows is 404.", house="monitor")
async def not_found(trial: Trial) -> None:
    for path in ("/nope", "/varz/", "/VARZ", "/subz", "/varz/x"):
        status, _, _ = await trial.server.monitor(path)
        if status != 404:
            raise Failed(f"{path} is answered by {status}, expected 404")


@case("monitor.http.json", "Every endpoint answers with a JSON object.", house="monitor")
async def json(trial: Trial) -> None:
    for path in (*ENDPOINTS, "/subsz", "/subscriptionsz", "/healthz"):
        status, headers, body = await trial.server.monitor(path)
        if status != 200:
            raise Failed(f"{path} is answered by {status}, expected 200")
        if headers.get("content-type") != "application/json":
            raise Failed(f"{path} is of type {headers.get('content-type')}")
        read_members(path, body)


@case("monitor.http.server", "Endpoints say which server answers, and when.", house="monitor")
async def server(trial: Trial) -> None:
    info = (await trial.open()).info

    moments: list[str] = []
    for path in ENDPOINTS:
        members = await ask(trial, path)
        members.must_say("server_id", info["server_id"])
        moments.append(members.text("now"))

    if any(not moment.endswith("Z") or "T" not in moment for moment in moments):
        raise Failed(f"now is no time of RFC 3339 in UTC: {moments}")
    if [moment[:19] for moment in moments] != sorted(moment[:19] for moment in moments):
        raise Failed(f"now goes back: {moments}")


@case("monitor.http.methods", "Every method is answered as GET is.", house="monitor")
async def methods(trial: Trial) -> None:
    for method in METHODS:
        status, _, body = await trial.server.monitor("/healthz", method)
        if status != 200:
            raise Failed(f"{method} /healthz is answered by {status}, expected 200")
        read_members(f"{method} /healthz", body).must_say("status", "ok")


@case("monitor.http.head", "HEAD is answered without a body.", house="monitor")
async def head(trial: Trial) -> None:
    status, headers, body = await trial.server.monitor("/varz", "HEAD")

    if status != 200 or headers.get("content-type") != "application/json" or body:
        raise Failed(f"HEAD /varz is answered by {status}, {headers}, {body[:80]!r}")


@case(
    "monitor.http.callback",
    "With callback= the answer is a JavaScript call.",
    house="monitor",
    versions="<2.14.3",
)
async def callback(trial: Trial) -> None:
    status, headers, body = await trial.server.monitor("/varz?callback=tell")

    if status != 200 or headers.get("content-type") != "application/javascript":
        raise Failed(f"/varz?callback=tell is answered by {status}, {headers.get('content-type')}")
    if not body.startswith(b"tell(") or not body.endswith(b")"):
        raise Failed(f"the body is no call of tell: {body[:20]!r} … {body[-20:]!r}")
    read_members("the argument of tell", body[5:-1]).text("server_id")


@case(
    "monitor.http.cross-origin",
    "Pages of any origin may read the answers, without callback=.",
    house="monitor",
    versions=">=2.14.3",
)
async def cross_origin(trial: Trial) -> None:
    status, headers, body = await trial.server.monitor("/varz?callback=tell")

    if status != 200 or headers.get("access-control-allow-origin") != "*":
        raise Failed(f"/varz is answered by {status} without Access-Control-Allow-Origin: *")
    read_members("/varz?callback=tell", body).text("server_id")
