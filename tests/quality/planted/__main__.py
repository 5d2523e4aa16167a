"""`python -m tests.quality.planted`: a proxy that breaks one rule of NATS, for a suite to find.

    --list                                      the table of modes
    MODE --upstream HOST:PORT [--listen PORT]   before a server that runs; prints `ready HOST:PORT`
    MODE --around nats-server [its flags]       as if it were that server

An INFO names the port of the server behind; start that one with --client_advertise to let it name
the proxy's, as --around does.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress

from .around import become_server
from .disguise import DISGUISES
from .modes import MODES, Mode
from .proxy import Address, proxied

LOOPBACK = "127.0.0.1"

_BIND_WAIT_S = 3.0  # a server that was here before may be about to leave
_SERVER_WAIT_S = 10.0
_AGAIN_S = 0.02


def main(args: list[str]) -> int:
    """Do what the arguments say; give the exit status."""
    if args[1:2] == ["--around"]:
        return become_server(DISGUISES.get(args[0]) or _mode(args[0]), args[2:])
    parser = argparse.ArgumentParser("planted", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("mode", nargs="?", help="one of --list")
    parser.add_argument("--list", action="store_true", help="print the table of modes")
    parser.add_argument("--upstream", type=_address, help="HOST:PORT of a healthy server")
    parser.add_argument("--listen", type=_address, default=(LOOPBACK, 0), help="[HOST:]PORT")
    parser.add_argument("--while-stdin", action="store_true", help="end with standard input")
    said = parser.parse_args(args)
    if said.list:
        sys.stdout.write(table() + "\n")
        return 0
    if not said.mode or not said.upstream:
        parser.error("say a mode and --upstream, or --list")
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(_mode(said.mode), said.upstream, said.listen, said.while_stdin))
    return 0


def table() -> str:
    """Write a line for every mode: its name, the areas it breaks, the rule."""
    rows = [(mode.name, ",".join(mode.areas) or "-", mode.rule) for mode in MODES.values()]
    rows += [(each.name, "(--around)", each.rule) for each in DISGUISES.values()]
    names, areas = (max(len(row[column]) for row in rows) for column in (0, 1))
    return "\n".join(f"{name:{names}}  {area:{areas}}  {rule}" for name, area, rule in rows)


async def _serve(mode: Mode, upstream: Address, listen: Address, while_stdin: bool) -> None:
    loop = asyncio.get_running_loop()
    end = asyncio.Event()
    if while_stdin:
        loop.add_reader(sys.stdin, end.set)
        await _until_it_listens(upstream)
    deadline = loop.time() + _BIND_WAIT_S
    while True:
        try:
            async with proxied(mode, upstream, listen) as (host, port):
                sys.stdout.write(f"ready {host}:{port}\n")
                sys.stdout.flush()
                await end.wait()
                return
        except OSError:
            if loop.time() > deadline:
                raise
            await asyncio.sleep(_AGAIN_S)


async def _until_it_listens(upstream: Address) -> None:
    async with asyncio.timeout(_SERVER_WAIT_S):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(*upstream)
                writer.close()
                return
            await asyncio.sleep(_AGAIN_S)


def _mode(name: str) -> Mode:
    if name not in MODES:
        sys.exit(f"planted: {name} is no mode; --list names them")
    return MODES[name]


def _address(text: str) -> Address:
    host, _, port = text.removeprefix("nats://").rpartition(":")
    return host or LOOPBACK, int(port)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
