"""What servers are told of their users, and what users have to show: the two sides of each login.

Files are named as they lie in the folder that servers and clients run in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bcrypt
from cryptography import x509
from tests.certificates import Authority
from tests.credentials import (
    account_jwt,
    account_signer,
    creds,
    operator_jwt,
    operator_signer,
    user_jwt,
    user_signer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOKEN = "s3cr3t-token"
PASSWORD = "correct horse"
NKEY = user_signer("nkey")
STRANGER = user_signer("stranger")
MAPPED = "alice@example.com"

AUTHORITY = "ca.pem"
CLIENT_CERTIFICATE = {"cert": "client.pem", "key": "client-key.pem"}
MAPPED_CERTIFICATE = {"cert": "mapped.pem", "key": "mapped-key.pem"}
CREDS = "user.creds"
STRANGER_CREDS = "stranger.creds"
SEED = "user.nk"
STRANGER_SEED = "stranger.nk"

_OPERATOR, _ACCOUNT = operator_signer(), account_signer("clients")

_BCRYPT_ROUNDS = 4
"""The fewest there are: how long it takes is not what these tests are about."""

_LIMITED = "permissions: {publish: {deny: secret}, subscribe: {deny: secret}}"

_TLS = "cert_file: server.pem, key_file: server-key.pem"


def write_files(folder: Path) -> None:
    """Write keys, creds and certificates."""
    authority = Authority()
    authority.write(folder)
    authority.issue().write(folder, "server")
    authority.issue("client").write(folder, "client")
    authority.issue("alice", [x509.RFC822Name(MAPPED)]).write(folder, "mapped")
    user, stranger = user_signer("creds"), account_signer("stranger")
    (folder / CREDS).write_text(creds(user_jwt(_ACCOUNT, user), user))
    (folder / STRANGER_CREDS).write_text(creds(user_jwt(stranger, user), user))
    (folder / SEED).write_text(NKEY.secret)
    (folder / STRANGER_SEED).write_text(STRANGER.secret)


def configurations() -> Mapping[str, str]:
    """Give the texts of configuration files by their names."""
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(_BCRYPT_ROUNDS)).decode()
    return {
        "open": "",
        "token": f'authorization {{token: "{TOKEN}"}}',
        "users": f"""
            authorization {{
              users: [
                {{user: plain, password: "{PASSWORD}"}}
                {{user: hashed, password: "{hashed}"}}
                {{user: limited, password: "{PASSWORD}", {_LIMITED}}}
                {{nkey: {NKEY.public}}}
              ]
            }}
            no_auth_user: limited
        """,
        "operator": f"""
            operator: {operator_jwt(_OPERATOR)}
            resolver: MEMORY
            resolver_preload: {{
              {_ACCOUNT.public}: {account_jwt(_OPERATOR, _ACCOUNT, name="clients")}
            }}
        """,
        "tls": f"tls {{{_TLS}}}",
        "tls-both-ways": f"tls {{{_TLS}, ca_file: {AUTHORITY}, verify: true}}",
        "tls-mapped": f"""
            tls {{{_TLS}, ca_file: {AUTHORITY}, verify_and_map: true}}
            authorization {{users: [{{user: "{MAPPED}", {_LIMITED}}}]}}
        """,
        "tls-first": f"tls {{{_TLS}, handshake_first: true}}",
        "websocket": 'websocket {listen: "127.0.0.1:-1", no_tls: true}',
    }
