"""Questions to the monitoring port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .failure import Failed
from .members import Members, read_members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .trial import Trial
    from .wire.connection import Connection


async def ask(trial: Trial, path: str, node: int = 1) -> Members:
    """Give the JSON object of a path, which must be there. node: of a cluster, counted from 1."""
    status, _, body = await trial.node(node).monitor(path)
    if status != 200:
        raise Failed(f"{path} is answered by {status}, expected 200: {body[:200]!r}")
    return read_members(path, body)


async def expect_refusal(trial: Trial, path: str, text: str) -> None:
    """Ask for what must be refused as a bad request, with a text. Raises Failed."""
    status, _, body = await trial.server.monitor(path)
    if status != 400:
        raise Failed(f"{path} is answered by {status}, expected 400: {body[:200]!r}")
    said = body.decode("utf-8", "replace").rstrip("\n")
    if said != text:
        raise Failed(f"{path} is refused with {said!r}, expected {text!r}")


def cid_of(connection: Connection) -> int:
    """Give the id by which the server calls a connection, in INFO and in /connz. Raises Failed."""
    return Members("INFO", connection.info).integer("client_id")


async def row_of(trial: Trial, connection: Connection, query: str = "") -> Members:
    """Give what /connz says of one connection. Raises Failed."""
    path = f"/connz?cid={cid_of(connection)}{query and '&'}{query}"
    rows = (await ask(trial, path)).rows("connections")
    if len(rows) != 1:
        raise Failed(f"{path} lists {len(rows)} connections, expected 1")
    return rows[0]


async def until_says(
    trial: Trial, connection: Connection, expected: Mapping[str, int], query: str = ""
) -> None:
    """Wait until /connz says what was expected of a connection: counts follow a little later."""

    async def look() -> str:
        row = await row_of(trial, connection, query)
        said = {name: row.integer(name) for name in expected}
        return "" if said == expected else f"/connz says {said} of it, expected {expected}"

    await trial.until(look)


async def until_alone(trial: Trial) -> None:
    """Wait until the connections of the case before are gone."""

    async def look() -> str:
        count = (await ask(trial, "/varz")).integer("connections")
        return f"/varz still counts {count} connections that are closed" if count else ""

    await trial.until(look)
