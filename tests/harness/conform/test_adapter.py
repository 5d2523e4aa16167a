"""Adapter files: what is wrong with one is said at its line, before anything is started."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from natsim.conformance.house import House
from natsim.conformance.mistake import CaseError
from natsim.harness.conform.adapter import Adapted, load_adapter
from natsim.harness.conform.target import NotOffered
from natsim.harness.conform.targets import adapted

if TYPE_CHECKING:
    from pathlib import Path

HOUSES = {
    house.name: house
    for house in (
        House(name="plain", about="no configuration"),
        House(name="token", about="a token", things={"token": "s3cret"}),
        House(name="tls", about="certificates", make="certificates"),
        House(name="pair", about="two servers", servers=2),
    )
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mine.yaml"


def test_a_command_gets_the_things_of_the_house(path: Path) -> None:
    path.write_text(
        "natsim-adapter: 1\n"
        "houses:\n"
        '  plain: {start: [server, -p, "@port@"]}\n'
        '  token: {start: [server, -p, "@port@", --auth=@token@]}\n'
    )
    adapter = load_adapter(path, HOUSES)

    words = adapter.command(HOUSES["token"], 0, {"port": "4222", "token": "s3cret"})

    assert words == ["server", "-p", "4222", "--auth=s3cret"]


def test_things_of_the_file_come_before_those_of_the_house(path: Path) -> None:
    path.write_text(
        "natsim-adapter: 1\n"
        "houses:\n"
        "  plain: {start: [server]}\n"
        '  token: {start: [server, "@token@"], things: {token: mine}}\n'
    )
    adapter = load_adapter(path, HOUSES)

    assert adapter.command(HOUSES["token"], 0, {"token": "s3cret"}) == ["server", "mine"]


def test_each_server_of_a_cluster_has_a_command(path: Path) -> None:
    path.write_text(
        "natsim-adapter: 1\n"
        "houses:\n"
        "  plain: {start: [server]}\n"
        '  pair: {start: [[one, "@cluster1@"], [two, "@cluster2@"]]}\n'
    )
    adapter = load_adapter(path, HOUSES)

    assert adapter.command(HOUSES["pair"], 1, {"cluster2": "6222"}) == ["two", "6222"]


def test_what_a_house_makes_is_not_known_before(path: Path) -> None:
    path.write_text(
        'natsim-adapter: 1\nhouses: {plain: {start: [a]}, tls: {start: [a, "@server_cert@"]}}\n'
    )

    adapter = load_adapter(path, HOUSES)

    assert adapter.command(HOUSES["tls"], 0, {"server_cert": "c.pem"}) == ["a", "c.pem"]
    with pytest.raises(NotOffered, match="the house tls has no server_cert; it has port"):
        adapter.command(HOUSES["tls"], 0, {"port": "1"})


def test_a_house_that_the_file_does_not_know_is_not_offered(path: Path) -> None:
    path.write_text("natsim-adapter: 1\nhouses: {plain: {start: [a]}}\n")
    adapter = load_adapter(path, HOUSES)

    with pytest.raises(NotOffered, match="does not say how to be token: a token"):
        adapter.command(HOUSES["token"], 0, {})


def test_a_cluster_with_too_few_commands_is_not_offered(path: Path) -> None:
    path.write_text("natsim-adapter: 1\nhouses: {plain: {start: [a]}, pair: {start: [a]}}\n")
    adapter = load_adapter(path, HOUSES)

    with pytest.raises(NotOffered, match="starts 1 servers as pair, not 2"):
        adapter.command(HOUSES["pair"], 0, {})


def test_a_house_that_runs_already_is_found_at_its_url(path: Path) -> None:
    path.write_text("natsim-adapter: 1\nhouses: {plain: {url: 'nats://joe:pw@[::1]:4333'}}\n")
    target = Adapted("mine", load_adapter(path, HOUSES))

    async def look() -> tuple[str, dict[str, object]]:
        async with target.build(HOUSES["plain"]) as place:
            return str(place.addresses[0]), dict(place.login.members({}))

    assert asyncio.run(look()) == ("[::1]:4333", {"user": "joe", "pass": "pw"})


def test_it_declares_version_and_capabilities(path: Path) -> None:
    path.write_text(
        "natsim-adapter: 1\nversion-like: '2.10'\ncapabilities: {headers: false}\n"
        "houses: {plain: {start: [a]}}\n"
    )

    asked = adapted(load_adapter(path, HOUSES))

    assert (asked.version_like, dict(asked.declared)) == ("2.10.999", {"headers": False})


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("houses: {}", 1, "write natsim-adapter: 1 in the first line"),
        ("natsim-adapter: 2", 1, "write natsim-adapter: 1 in the first line"),
        ("natsim-adapter: 1", 1, "write houses: {plain: {start: […]}}"),
        ("natsim-adapter: 1\nhouse: {}", 2, "house is no key; write one of natsim-adapter,"),
        ("natsim-adapter: 1\nhouses: {palin: {start: [a]}}", 2, "there is no house palin; there"),
        ("natsim-adapter: 1\nhouses: {token: {start: [a]}}", 2, "houses has no plain, by which"),
        ("natsim-adapter: 1\nhouses: {plain: {begin: a}}", 2, 'plain: write {start: [program'),
        ("natsim-adapter: 1\nhouses: {plain: {start: a}}", 2, 'plain: write start: [program'),
        ("natsim-adapter: 1\nhouses: {plain: {start: [[a], []]}}", 2, "plain: write one list of"),
        ("natsim-adapter: 1\nhouses: {plain: {start: [a], at: b}}", 2, "plain: at is no key"),
        ("natsim-adapter: 1\nhouses: {plain: {url: 'http://a'}}", 2, "the scheme is http"),
        (
            'natsim-adapter: 1\nhouses: {plain: {start: ["@prot@"]}}', 2,
            "plain: there is no @prot@; there are @config@, @port@, @monitor@",
        ),
        (
            "natsim-adapter: 1\ncapabilities: [headers]\nhouses: {plain: {start: [a]}}", 2,
            "write capabilities: {headers: true}",
        ),
        (
            "natsim-adapter: 1\nversion-like: 2.10\nhouses: {plain: {start: [a]}}",
            2,
            'write the version in quotes, "2.10"',
        ),
        ("natsim-adapter: [", 1, "expected"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_its_line(path: Path, text: str, line: int, why: str) -> None:
    path.write_text(text)

    with pytest.raises(CaseError) as caught:
        load_adapter(path, HOUSES)

    assert caught.value.line >= line
    assert why in str(caught.value)
    assert str(caught.value).startswith(f"{path}:")


def test_a_file_that_is_not_there_is_said(path: Path) -> None:
    with pytest.raises(CaseError, match="it cannot be read"):
        load_adapter(path, HOUSES)
