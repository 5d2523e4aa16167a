"""The journey of a Python client: read a job, take its steps, print one report.

The job is JSON, the first argument: `url`, credentials (`token`, `user`, `password`, `seed`,
`creds`), files of TLS (`ca`, `cert`, `key`, and `first` for the handshake before INFO), and
`steps`. Programs in other languages take the same job and the same steps and print the same
report: `{"refused": text, "errors": [text, ...], "steps": {step: what came of it}}`.

A step that needs something done to the server prints `{"waiting": what}` and goes on with the next
line of its input.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, NamedTuple, Protocol, Required, TypedDict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

JOURNEY_S = 40.0
ASKING_S = 10.0
LOOKING_S = 0.01
AGAIN_S = 0.05
MEGABYTE = 1024 * 1024


class Job(TypedDict, total=False):
    """What a program is asked to do."""

    url: Required[str]
    token: str
    user: str
    password: str
    seed: str
    creds: str
    ca: str
    cert: str
    key: str
    first: bool
    steps: Required[list[str]]


class Message(NamedTuple):
    """What of a message the steps look at."""

    subject: str
    payload: bytes
    trace: str = ""


class Refused(Exception):
    """There is no connection to be had."""


class NobodyThere(Exception):
    """The server answered a request: nobody listens there."""


class Client(Protocol):
    """One connection of the client that is on its journey.

    errors: what the client was told, or what came of trying, as texts.
    """

    errors: list[str]

    async def connect(self, job: Job) -> None:
        """Connect, or raise Refused."""
        ...

    async def publish(self, subject: str, payload: bytes) -> None: ...

    async def subscribe(
        self, subject: str, take: Callable[[Message], Awaitable[None]], queue: str = ""
    ) -> None: ...

    async def serve_echo(self, subject: str) -> None:
        """Answer requests with their own payload and headers."""
        ...

    async def request(self, subject: str, payload: bytes, trace: str = "") -> Message:
        """Ask; trace goes with it as a header. Raises NobodyThere."""
        ...

    async def lame_duck(self) -> None:
        """Return when the client was told that its server is going."""
        ...

    async def drain(self) -> None:
        """Handle what has come, then close."""
        ...

    async def close(self) -> None: ...


async def _subjects(client: Client) -> object:
    took: list[Message] = []

    async def take(message: Message) -> None:
        took.append(message)

    await client.subscribe("orders.*", take)
    await client.publish("orders.eu.new", b"two tokens")
    await client.publish("orders", b"none")
    for n in range(1000):
        await client.publish("orders.new", str(n).encode())
    await _until(lambda: len(took) >= 1000)
    first, last = took[0], took[-1]
    return {
        "count": len(took),
        "first": f"{first.subject}={first.payload.decode()}",
        "last": f"{last.subject}={last.payload.decode()}",
    }


async def _queue(client: Client) -> object:
    counts = {"one": 0, "other": 0, "alone": 0}

    def counting(name: str) -> Callable[[Message], Awaitable[None]]:
        async def take(_: Message) -> None:
            counts[name] += 1

        return take

    await client.subscribe("work", counting("one"), "workers")
    await client.subscribe("work", counting("other"), "workers")
    await client.subscribe("work", counting("alone"))
    for _ in range(100):
        await client.publish("work", b"")
    await _until(lambda: sum(counts.values()) >= 200)
    return {
        "members": counts["one"] + counts["other"],
        "both": min(counts["one"], counts["other"]) > 0,
        "alone": counts["alone"],
    }


async def _request(client: Client) -> object:
    await client.serve_echo("echo")
    return (await client.request("echo", b"hi")).payload.decode()


async def _headers(client: Client) -> object:
    await client.serve_echo("echo.headers")
    answer = await client.request("echo.headers", b"hi", trace="7")
    return f"{answer.payload.decode()} {answer.trace}"


async def _nobody(client: Client) -> object:
    try:
        await client.request("nobody", b"")
    except NobodyThere:
        return "no responders"
    return "an answer"


async def _large(client: Client) -> object:
    sizes: list[int] = []

    async def take(message: Message) -> None:
        sizes.append(len(message.payload))

    await client.subscribe("large", take)
    await client.publish("large", bytes(MEGABYTE))
    await _until(lambda: len(sizes) > 0)
    return sizes


async def _denied(client: Client) -> object:
    async def take(_: Message) -> None: ...

    await client.subscribe("secret", take)
    await client.publish("secret", b"")
    await _until(lambda: len(client.errors) >= 2)
    return "told"


async def _restart(client: Client) -> object:
    took: list[Message] = []

    async def take(message: Message) -> None:
        took.append(message)

    await client.subscribe("after", take)
    await _wait_for("restart")
    async with asyncio.timeout(JOURNEY_S):
        while not took:
            try:
                await client.publish("after", b"again")
            except Exception as error:
                # Some clients raise while they have no connection.
                client.errors.append(str(error))
            await asyncio.sleep(AGAIN_S)
    client.errors.clear()
    return took[0].payload.decode()


async def _lame_duck(client: Client) -> object:
    await _wait_for("lame duck")
    await client.lame_duck()
    return "told"


async def _drain(client: Client) -> object:
    took: list[Message] = []

    async def take(message: Message) -> None:
        await asyncio.sleep(0)
        took.append(message)

    await client.subscribe("tasks", take)
    for _ in range(100):
        await client.publish("tasks", b"")
    await client.drain()
    # Some are still at it when they say that they have drained.
    await _until(lambda: len(took) >= 100)
    return len(took)


STEPS = {
    "subjects": _subjects,
    "queue": _queue,
    "request": _request,
    "headers": _headers,
    "nobody": _nobody,
    "large": _large,
    "denied": _denied,
    "restart": _restart,
    "lame duck": _lame_duck,
    "drain": _drain,
}


def play(client: Callable[[], Client]) -> None:
    """Let a client go on the journey that the command line asks for."""
    job: Job = json.loads(sys.argv[1])
    print(json.dumps(asyncio.run(_journey(client, job))))


async def _journey(make: Callable[[], Client], job: Job) -> object:
    client = make()
    steps: dict[str, object] = {}
    async with asyncio.timeout(JOURNEY_S):
        try:
            await client.connect(job)
        except Refused as refusal:
            return {"refused": str(refusal), "errors": [], "steps": {}}
        for step in job["steps"]:
            steps[step] = await STEPS[step](client)
        await client.close()
    return {"refused": "", "errors": client.errors, "steps": steps}


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(ASKING_S):
        while not is_so():
            await asyncio.sleep(LOOKING_S)


async def _wait_for(what: str) -> None:
    print(json.dumps({"waiting": what}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
