"""TLS between a driver and its clients, on both loops."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import pytest
from tests.certificates import Authority

from natsim.broker.effects import Effect, Level, Send
from natsim.broker.events import Connected, Disconnected, Drained, Event, Received, Secured
from natsim.broker.nats.options.tls import HandshakeFirst, TlsOptions
from natsim.broker.now import SECOND_NS
from natsim.harness import driver as driver_module
from natsim.harness.entrance import Entrance
from natsim.harness.layers.tls_context import load_server_tls

from .both_loops import Net, on_both_loops, until
from .scripted import FAREWELL, GREETING, Scripted, echo, optionally_secure_echo, secure_echo

if TYPE_CHECKING:
    from .conftest import Material

MS_NS = SECOND_NS // 1000
MEGABYTE = 1024 * 1024


def _entrance(material: Material, **options: object) -> Entrance:
    return Entrance(load_server_tls(material.options(**options)))


@on_both_loops
async def test_the_handshake_follows_the_greeting_and_then_all_is_encrypted(
    net: Net, material: Material
) -> None:
    machine = Scripted(secure_echo)
    await net.serve(machine, _entrance(material))
    peer = await net.dial()

    greeting = await peer.until(b"\r\n")
    await peer.start_tls(material.client_context())
    peer.send(b"PING")

    assert greeting == GREETING
    assert await peer.exactly(4) == b"PING"
    assert machine.of(Connected)[0].tls is None
    [secured] = machine.of(Secured)
    assert (secured.tls.version, secured.tls.is_first, secured.tls.peer) == ("1.3", False, None)
    assert secured.tls.cipher_suite.startswith("TLS_")


@on_both_loops
async def test_the_suite_of_tls_1_2_goes_by_the_name_that_go_has(
    net: Net, material: Material
) -> None:
    machine = Scripted(secure_echo)
    suite = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
    await net.serve(machine, _entrance(material, cipher_suites=(suite,)))
    peer = await net.dial()

    await peer.until(b"\r\n")
    await peer.start_tls(material.client_context(version=ssl.TLSVersion.TLSv1_2))
    peer.send(b"PING")
    await peer.exactly(4)

    [secured] = machine.of(Secured)
    assert (secured.tls.version, secured.tls.cipher_suite) == ("1.2", suite)


@on_both_loops
async def test_handshake_first_says_nothing_plainly(net: Net, material: Material) -> None:
    machine = Scripted(echo)
    await net.serve(machine, _entrance(material, handshake_first=HandshakeFirst()))
    peer = await net.dial()

    await peer.start_tls(material.client_context())

    assert await peer.until(b"\r\n") == GREETING
    [connected] = machine.of(Connected)
    assert connected.tls is not None
    assert connected.tls.is_first


@on_both_loops
async def test_handshake_first_with_a_delay_lets_in_who_waits_for_the_greeting(
    net: Net, material: Material
) -> None:
    machine = Scripted(secure_echo)
    first = HandshakeFirst(delay_ns=20 * MS_NS)
    await net.serve(machine, _entrance(material, handshake_first=first))
    peer = await net.dial()

    greeting = await peer.until(b"\r\n")
    await peer.start_tls(material.client_context())
    peer.send(b"PING")

    assert greeting == GREETING
    assert await peer.exactly(4) == b"PING"
    assert machine.of(Connected)[0].tls is None
    assert not machine.of(Secured)[0].tls.is_first


@on_both_loops
async def test_handshake_first_with_a_delay_takes_who_begins_at_once(
    net: Net, material: Material
) -> None:
    machine = Scripted(echo)
    first = HandshakeFirst(delay_ns=10 * SECOND_NS)
    await net.serve(machine, _entrance(material, handshake_first=first))
    peer = await net.dial()

    await peer.start_tls(material.client_context())

    assert await peer.until(b"\r\n") == GREETING
    assert machine.of(Connected)[0].tls is not None


@on_both_loops
async def test_where_tls_is_optional_the_first_byte_decides(net: Net, material: Material) -> None:
    machine = Scripted(optionally_secure_echo)
    await net.serve(machine, _entrance(material))
    plain, secure = await net.dial(), await net.dial()
    await plain.until(b"\r\n")
    await secure.until(b"\r\n")

    plain.send(b"PING")
    await secure.start_tls(material.client_context())
    secure.send(b"PONG")

    assert await plain.exactly(4) == b"PING"
    assert await secure.exactly(4) == b"PONG"
    assert [secured.conn for secured in machine.of(Secured)] == [2]


@on_both_loops
async def test_where_tls_is_optional_a_silent_client_goes_on_plainly_after_the_time_out(
    net: Net, material: Material
) -> None:
    machine = Scripted(optionally_secure_echo)
    await net.serve(machine, _entrance(material, timeout_ns=20 * MS_NS))
    peer = await net.dial()
    await peer.until(b"\r\n")

    await asyncio.sleep(0.05)
    peer.send(b"\x16 is no handshake now")

    assert await peer.exactly(21) == b"\x16 is no handshake now"


@on_both_loops
async def test_a_certificate_of_the_client_is_read(net: Net, material: Material) -> None:
    machine = Scripted(secure_echo)
    bob = material.authority.issue("bob")
    files = bob.write(material.folder, "bob")
    await net.serve(machine, _entrance(material, ca_file=material.ca_file, verify=True))
    peer = await net.dial()

    await peer.until(b"\r\n")
    await peer.start_tls(material.client_context(*files))
    peer.send(b"PING")
    await peer.exactly(4)

    certificate = machine.of(Secured)[0].tls.peer
    assert certificate is not None
    assert certificate.subject == "CN=bob"
    assert certificate.cert_sha256 == hashlib.sha256(bob.der).hexdigest()


Who: TypeAlias = Callable[["Material"], tuple[str, str]]


def _stranger(material: Material) -> tuple[str, str]:
    return Authority("others").issue("mallory").write(material.folder, "mallory")


def _late(material: Material) -> tuple[str, str]:
    return material.authority.issue("late", is_expired=True).write(material.folder, "late")


def _nobody(_: Material) -> tuple[str, str]:
    return "", ""


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (_nobody, "tls: client didn't provide a certificate"),
        (
            _stranger,
            "tls: failed to verify certificate: x509: certificate signed by unknown authority",
        ),
        (
            _late,
            "tls: failed to verify certificate: x509: certificate has expired or is not yet valid",
        ),
    ],
    ids=["none", "of others", "expired"],
)
@on_both_loops
async def test_a_client_without_a_good_certificate_is_refused(
    net: Net, material: Material, who: Who, why: str
) -> None:
    machine = Scripted(secure_echo)
    await net.serve(machine, _entrance(material, ca_file=material.ca_file, verify=True))
    peer = await net.dial()

    await peer.until(b"\r\n")
    # In TLS 1.3 the client is done before the server looks at its certificate.
    await peer.start_tls(material.client_context(*who(material)))
    with pytest.raises(ssl.SSLError, match="alert"):
        await peer.alert()
    await until(lambda: bool(machine.of(Disconnected)))

    assert machine.of(Disconnected) == [Disconnected(1, why, is_handshake=True)]
    assert not machine.of(Secured)


@on_both_loops
async def test_only_pinned_keys_are_let_in(net: Net, material: Material) -> None:
    machine = Scripted(secure_echo)
    bob, eve = material.authority.issue("bob"), material.authority.issue("eve")
    entrance = _entrance(
        material, ca_file=material.ca_file, verify=True, pinned_certs=(bob.spki_sha256.upper(),)
    )
    await net.serve(machine, entrance)
    first, second = await net.dial(), await net.dial()

    await first.until(b"\r\n")
    await second.until(b"\r\n")
    await first.start_tls(material.client_context(*bob.write(material.folder, "bob")))
    await second.start_tls(material.client_context(*eve.write(material.folder, "eve")))
    first.send(b"PING")

    assert await first.exactly(4) == b"PING"
    assert await second.rest() == b""
    assert machine.of(Disconnected) == [Disconnected(2, "certificate not pinned", True)]


@pytest.mark.parametrize(
    "garbage",
    [
        b'CONNECT {"verbose":false}\r\nPING\r\n',
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x17\x03\x03\x00\x02\x02\x28",
    ],
    ids=["NATS", "HTTP", "TLS, but no handshake"],
)
@on_both_loops
async def test_who_sends_no_handshake_gets_nothing_but_the_end(
    net: Net, material: Material, garbage: bytes
) -> None:
    machine = Scripted(secure_echo)
    await net.serve(machine, _entrance(material))
    peer = await net.dial()
    await peer.until(b"\r\n")

    peer.send(garbage)

    assert await peer.rest() == b""
    await until(lambda: bool(machine.of(Disconnected)))
    [gone] = machine.of(Disconnected)
    assert gone.is_handshake
    assert gone.error == "tls: first record does not look like a TLS handshake"


@on_both_loops
async def test_who_leaves_in_the_middle_of_the_handshake_is_gone(
    net: Net, material: Material
) -> None:
    machine = Scripted(secure_echo)
    await net.serve(machine, _entrance(material))
    peer = await net.dial()
    await peer.until(b"\r\n")

    peer.send(b"\x16\x03\x01\x02\x00\x01")
    peer.transport.close()
    await until(lambda: bool(machine.of(Disconnected)))

    assert machine.of(Disconnected) == [Disconnected(1, "unexpected EOF", is_handshake=True)]


@on_both_loops
async def test_handshake_first_gives_nobody_more_than_its_time(
    net: Net, material: Material
) -> None:
    machine = Scripted(echo)
    first = HandshakeFirst()
    entrance = _entrance(material, handshake_first=first, timeout_ns=30 * MS_NS)
    driver = await net.serve(machine, entrance)
    peer = await net.dial()

    peer.send(b"\x16\x03\x01\x02\x00\x01")

    assert await peer.rest_or_reset() == b""
    assert machine.events == []
    assert driver.connection_count == 0
    assert [note.level for note in net.notes] == [Level.DEBUG]
    assert net.notes[0].text.endswith(" - TLS handshake error: i/o timeout")


@on_both_loops
async def test_closing_ends_those_who_have_not_come_in_yet(net: Net, material: Material) -> None:
    machine = Scripted(echo)
    driver = await net.serve(machine, _entrance(material, handshake_first=HandshakeFirst()))
    peer = await net.dial()
    peer.send(b"\x16")

    driver.close()
    await net.wait_closed(driver)

    assert await peer.rest_or_reset() == b""
    assert machine.events == []


@on_both_loops
async def test_a_megabyte_goes_both_ways(net: Net, material: Material) -> None:
    sent = bytes(range(256)) * (MEGABYTE // 256)
    machine = Scripted(secure_echo)
    await net.serve(machine, _entrance(material))
    peer = await net.dial()
    await peer.until(b"\r\n")
    await peer.start_tls(material.client_context())

    peer.send(sent)

    assert await peer.exactly(MEGABYTE) == sent
    sizes = [len(event.data) for event in machine.of(Received)]
    assert sum(sizes) == MEGABYTE
    assert max(sizes) <= 65_536


@on_both_loops
async def test_the_broker_hears_of_bytes_that_wait_below_tls(net: Net, material: Material) -> None:
    def react(event: Event) -> list[Effect]:
        match event:
            case Received(conn, b"flood"):
                return [Send(conn, [bytes(16 * MEGABYTE)])]
            case _:
                return secure_echo(event)

    machine = Scripted(react)
    await net.serve(machine, _entrance(material))
    peer = await net.dial()
    await peer.until(b"\r\n")
    await peer.start_tls(material.client_context())

    peer.send(b"flood")
    await peer.exactly(16 * MEGABYTE)
    await until(lambda: machine.of(Drained)[-1] == Drained(1, 0))

    assert max(event.pending_bytes for event in machine.of(Drained)) > MEGABYTE


@on_both_loops
async def test_closing_says_goodbye_behind_what_was_sent(net: Net, material: Material) -> None:
    await net.serve(Scripted(secure_echo), _entrance(material))
    peer = await net.dial()
    await peer.until(b"\r\n")
    await peer.start_tls(material.client_context())

    peer.send(b"bye")

    assert await peer.rest() == FAREWELL
    assert peer.has_goodbye


@on_both_loops
async def test_a_goodbye_and_a_bare_fin_are_both_an_orderly_end(
    net: Net, material: Material
) -> None:
    machine = Scripted(secure_echo)
    await net.serve(machine, _entrance(material))
    polite, curt = await net.dial(), await net.dial()
    for peer in (polite, curt):
        await peer.until(b"\r\n")
        await peer.start_tls(material.client_context())
        peer.send(b"PING")
        await peer.exactly(4)

    polite.send(b"last")
    polite.say_goodbye()
    curt.send(b"last")
    curt.transport.write_eof()

    assert await polite.rest() == b"last"
    assert await curt.rest() == b"last"
    assert sorted(gone.conn for gone in machine.of(Disconnected)) == [1, 2]
    assert {(gone.error, gone.is_handshake) for gone in machine.of(Disconnected)} == {("", False)}


@on_both_loops
async def test_a_fin_within_a_record_is_an_error(net: Net, material: Material) -> None:
    machine = Scripted(secure_echo)
    await net.serve(machine, _entrance(material))
    peer = await net.dial()
    await peer.until(b"\r\n")
    await peer.start_tls(material.client_context())
    peer.send(b"PING")
    await peer.exactly(4)

    peer.transport.write(b"\x17\x03\x03\x40")
    peer.transport.write_eof()
    await until(lambda: bool(machine.of(Disconnected)))

    assert machine.of(Disconnected) == [Disconnected(1, "unexpected EOF")]


@on_both_loops
async def test_bytes_that_are_no_record_end_a_secured_connection(
    net: Net, material: Material
) -> None:
    machine = Scripted(secure_echo)
    await net.serve(machine, _entrance(material))
    peer = await net.dial()
    await peer.until(b"\r\n")
    await peer.start_tls(material.client_context())
    peer.send(b"PING")
    await peer.exactly(4)

    peer.transport.write(b"\x17\x03\x03\x00\x20" + bytes(32))
    await until(lambda: bool(machine.of(Disconnected)))

    assert machine.of(Disconnected) == [Disconnected(1, "local error: tls: bad record MAC")]


@on_both_loops
async def test_a_reload_counts_for_those_who_connect_after_it(net: Net, material: Material) -> None:
    entrance = _entrance(material)
    await net.serve(Scripted(secure_echo), entrance)
    before = await net.dial()
    await before.until(b"\r\n")
    other = Authority("new")
    cert_file, key_file = other.issue().write(material.folder, "new")
    renewed = ssl.create_default_context(cafile=other.write(material.folder, "new-ca"))

    entrance.tls = load_server_tls(TlsOptions(cert_file=cert_file, key_file=key_file))
    after = await net.dial()
    await after.until(b"\r\n")
    await before.start_tls(material.client_context())
    await after.start_tls(renewed)
    before.send(b"old")
    after.send(b"new")

    assert await before.exactly(3) == b"old"
    assert await after.exactly(3) == b"new"


@on_both_loops
async def test_who_never_reads_is_cut_some_time_after_the_close(
    net: Net, material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver_module, "LINGER_S", 0.05)
    machine = Scripted(secure_echo)
    driver = await net.serve(machine, _entrance(material))
    peer = await net.dial()
    await peer.until(b"\r\n")
    await peer.start_tls(material.client_context())
    peer.transport.pause_reading()
    for _ in range(32):
        peer.send(bytes(MEGABYTE))
        await asyncio.sleep(0.001)
    await until(lambda: sum(len(event.data) for event in machine.of(Received)) == 32 * MEGABYTE)

    peer.send(b"bye")
    await net.wait_closed(driver)

    assert driver.connection_count == 0
