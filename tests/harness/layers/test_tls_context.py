"""A block `tls` becomes OpenSSL's context, or a mistake in nats-server's words."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from natsim.broker.nats.options.tls import TlsOptions
from natsim.harness.layers.cipher_suites import INSECURE_SUITES, SECURE_SUITES, openssl_name
from natsim.harness.layers.tls_context import TlsOptionsError, load_server_tls

from .tls_mistakes import MISTAKES, Mistake, write_files

if TYPE_CHECKING:
    from .conftest import Material


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_named_as_by_nats_server(mistake: Mistake, material: Material) -> None:
    folder = write_files(material)

    with pytest.raises(TlsOptionsError) as raised:
        load_server_tls(mistake.options(folder))

    assert str(raised.value) == mistake.text.replace("FOLDER", str(folder))


def test_without_a_word_it_is_tls_1_2_or_later_without_renegotiation(material: Material) -> None:
    context = load_server_tls(material.options()).context

    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_NONE
    assert context.options & ssl.OP_NO_RENEGOTIATION


def test_without_a_word_go_s_secure_suites_are_offered(material: Material) -> None:
    context = load_server_tls(material.options()).context

    offered = [cipher["name"] for cipher in context.get_ciphers()]
    assert [name for name in offered if not name.startswith("TLS_")] == list(SECURE_SUITES.values())


def test_suites_that_are_named_are_the_only_ones(material: Material) -> None:
    names = ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA")

    context = load_server_tls(material.options(cipher_suites=names)).context

    offered = [cipher["name"] for cipher in context.get_ciphers()]
    assert [name for name in offered if not name.startswith("TLS_")] == [
        "ECDHE-RSA-AES128-GCM-SHA256",
        "AES128-SHA",
    ]


def test_suites_of_tls_1_3_alone_leave_no_room_for_1_2(material: Material) -> None:
    names = ("TLS_AES_128_GCM_SHA256",)

    context = load_server_tls(material.options(cipher_suites=names)).context

    assert context.minimum_version is ssl.TLSVersion.TLSv1_3


def test_suites_that_openssl_has_no_more_cannot_be_all(material: Material) -> None:
    with pytest.raises(TlsOptionsError, match="RC4"):
        load_server_tls(material.options(cipher_suites=("TLS_RSA_WITH_RC4_128_SHA",)))


@pytest.mark.parametrize("name", [*SECURE_SUITES, *INSECURE_SUITES])
def test_openssl_knows_what_go_knows_unless_it_is_broken(name: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    is_broken = "RC4" in name or "3DES" in name

    try:
        context.set_ciphers(openssl_name(name) + ":@SECLEVEL=0")
        is_known = True
    except ssl.SSLError:
        is_known = False

    assert is_known or is_broken


@pytest.mark.parametrize("names", [("X25519",), ("CurveP384",), ("CurveP521", "CurveP256")])
def test_curves_may_be_preferred(names: tuple[str, ...], material: Material) -> None:
    assert load_server_tls(material.options(curve_preferences=names)).options.curve_preferences


def test_a_key_may_have_a_password(material: Material) -> None:
    cert_file, key_file = material.authority.issue().write(material.folder, "locked", "open sesame")

    with pytest.raises(TlsOptionsError, match="failed to parse private key"):
        load_server_tls(TlsOptions(cert_file=cert_file, key_file=key_file))
    load_server_tls(TlsOptions(cert_file=cert_file, key_file=key_file, key_password="open sesame"))


def test_verify_without_authorities_takes_the_machine_s(material: Material) -> None:
    context = load_server_tls(material.options(verify_and_map=True)).context

    assert context.verify_mode is ssl.CERT_REQUIRED
