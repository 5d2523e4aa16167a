"""The monitor of `natsim serve` by HTTPS, asked by Python's own client."""

from __future__ import annotations

import json
import re
import ssl
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.certificates import Authority
from tests.harness.serve.serving import serving

if TYPE_CHECKING:
    from pathlib import Path


def test_the_monitor_asks_nobody_for_a_certificate_even_where_clients_need_one(
    tmp_path: Path,
) -> None:
    authority = Authority()
    ca_file = authority.write(tmp_path)
    issued = authority.issue()
    cert_file, key_file = issued.write(tmp_path, "server")
    config = tmp_path / "server.conf"
    config.write_text(
        f'https_port: -1\ntls {{ cert_file: "{cert_file}", key_file: "{key_file}", '
        f'ca_file: "{ca_file}", verify: true }}\n'
    )

    with serving("-c", str(config)) as server:
        varz = _get_json(_address(server.lines), ssl.create_default_context(cafile=ca_file))

    assert varz["tls_verify"] is True
    assert varz["tls_cert_not_after"] == issued.certificate.not_valid_after_utc.strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def _address(lines: list[str]) -> str:
    [found] = [line for line in lines if "Starting https monitor on" in line]
    return re.sub(r".* on ", "", found)


def _get_json(address: str, context: ssl.SSLContext) -> dict[str, Any]:
    with urllib.request.urlopen(f"https://{address}/varz", context=context, timeout=10) as response:
        fields: dict[str, Any] = json.loads(response.read())
        return fields
