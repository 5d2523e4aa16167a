"""Auth callout: what a service is asked about a client, and what its answer means.

The server publishes the request to SUBJECT in the callout's account, with a reply subject, and
waits as long as a login may take; no answer is a no. Requests are not encrypted, and accounts of
operators cannot have a callout.
Source: nats-server server/auth_callout.go.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from natsim.broker.effects import Level
from natsim.broker.nats.identity import LIKE_VERSION
from natsim.broker.nats.options import ConnectionType, Permissions
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT
from natsim.broker.nats.quote import quoted
from natsim.broker.now import SECOND_NS
from natsim.record import record

from .claims import AuthorizationResponseClaims, UserClaims
from .expiry import find_expiry, may_be_here
from .jwt import decode_as, encode
from .jwt_error import JwtError
from .outcome import (
    Admitted,
    NeedsCallout,
    NeedsPassword,
    Refused,
    identity_of,
    raw_user,
    refusal_of,
)
from .permissions_of import permissions_of
from .validity import response_mistakes, user_mistakes

if TYPE_CHECKING:
    from natsim.broker.events import ConnectionKind, TlsSession
    from natsim.broker.nats.connect import ConnectOptions
    from natsim.broker.nats.nkey import Seed
    from natsim.broker.nats.options import CalloutOptions, Options

    from .fields import Json
    from .hours import ZoneOffset
    from .login import Login
    from .outcome import Outcome

SUBJECT = "$SYS.REQ.USER.AUTH"
_AUDIENCE = "nats-authorization-request"


@record
class Asker:
    """The server, as requests and answers name it. seed: of its id; the request is signed by it."""

    seed: Seed
    server_id: str
    name: str
    host: str
    tags: tuple[str, ...] = ()


@record
class AskedFor:
    """The client that a service decides on.

    user_nkey: a key made for this request alone: the answer names it, so none can be used twice.
    """

    user_nkey: str
    cid: int
    host: str
    kind: ConnectionKind
    nonce: str
    options: ConnectOptions
    tls: TlsSession | None = None


class Callout:
    """The service of a configuration that decides who may connect."""

    __slots__ = ("_default_permissions", "_options", "_zone_offset", "account")

    def __init__(self, callout: CalloutOptions, options: Options, zone_offset: ZoneOffset) -> None:
        """Take what holds of accounts from the options. account: where requests are published."""
        self._options = callout
        self._zone_offset = zone_offset
        self._default_permissions: dict[str, Permissions | None] = {
            GLOBAL_ACCOUNT: None,
            options.system_account: None,
            **{account.name: account.default_permissions for account in options.accounts},
        }
        self.account = callout.account or GLOBAL_ACCOUNT

    def delegate(self, login: Login, outcome: Outcome) -> Outcome:
        """Let the service decide on everyone but its own users, and accounts not its concern."""
        match outcome:
            case Admitted(options=options, account=account):
                if self._is_asked(options, account):
                    return NeedsCallout(options, refusal_of(outcome))
                return self._without_subject(outcome)
            case NeedsPassword(then=Admitted(options=options, account=account)):
                refused = refusal_of(outcome)
                if self._is_asked(options, account):
                    return NeedsCallout(options, refused)
                is_asked = self._is_asked(options, GLOBAL_ACCOUNT)
                return replace(
                    outcome,
                    then=self._without_subject(outcome.then),
                    otherwise=NeedsCallout(options, refused) if is_asked else refused,
                )
            case Refused():
                is_asked = self._is_asked(login.options, GLOBAL_ACCOUNT)
                return NeedsCallout(login.options, outcome) if is_asked else outcome
            case NeedsCallout():
                return outcome
            case _:
                assert_never(outcome)

    def make_request(self, asker: Asker, client: AskedFor, wall_ns: int, timeout_ns: int) -> bytes:
        """Write the payload of a request: a JWT, good as long as the server waits."""
        options = client.options
        info: dict[str, Json] = {
            "host": client.host,
            "id": client.cid,
            "user": raw_user(options),
            "name": options.name,
            "kind": "Client",
            "type": client.kind.value,
            "nonce": client.nonce if options.sig else "",
        }
        server: dict[str, Json] = {
            "name": asker.name,
            "host": asker.host,
            "id": asker.server_id,
            "version": LIKE_VERSION,
        }
        nats: dict[str, Json] = {
            "server_id": {**server, **_said({"tags": list(asker.tags)})},
            "user_nkey": client.user_nkey,
            "client_info": _said(info),
            "connect_opts": {**_said(_connect_options(options)), "protocol": options.protocol},
        }
        if client.tls is not None:
            nats["client_tls"] = _said(
                {"version": client.tls.version, "cipher": client.tls.cipher_suite}
            )
        return encode(
            seed=asker.seed,
            kind="authorization_request",
            subject=self._options.issuer,
            audience=_AUDIENCE,
            issued_s=wall_ns // SECOND_NS,
            expires_s=(wall_ns + timeout_ns) // SECOND_NS,
            nats=nats,
        ).encode()

    def read(
        self, payload: bytes, asker: Asker, client: AskedFor, wall_ns: int
    ) -> Admitted | Refused:
        """Say what an answer means for the client."""
        try:
            claims = self._read_user(payload, asker, client, wall_ns)
            return self._admit(claims, client.options, wall_ns)
        except JwtError as error:
            complaint = str(error)
            complaint = complaint[:1].upper() + complaint[1:]
            return Refused(identity_of(client.options), complaint, Level.WARNING)

    def _read_user(
        self, payload: bytes, asker: Asker, client: AskedFor, wall_ns: int
    ) -> UserClaims:
        if not payload:
            raise JwtError(
                f'auth callout violation: "no reason supplied" on account {quoted(self.account)}'
            )
        response = decode_as(AuthorizationResponseClaims, payload.decode("utf-8", "replace"))
        mistakes = response_mistakes(response, wall_ns)
        if mistakes:
            raise JwtError(f"authorization response had validation errors: {mistakes[0]}")
        if response.registered.subject != client.user_nkey:
            raise JwtError("auth callout violation: auth callout response is not for expected user")
        if response.registered.audience != asker.server_id:
            raise JwtError("auth callout violation: auth callout response is not for server")
        if response.error:
            raise JwtError(f"auth callout service returned an error: {response.error}")
        if response.registered.issuer != self._options.issuer:
            raise JwtError("auth callout signing key is unknown")
        claims = decode_as(UserClaims, response.jwt)
        mistakes = user_mistakes(claims, wall_ns, self._zone_offset)
        if mistakes:
            raise JwtError(f"Error validating user JWT: {mistakes[0]}")
        if claims.registered.subject != client.user_nkey:
            raise JwtError(
                f"Expected authorized user of {quoted(client.user_nkey)} "
                f"but got {quoted(claims.registered.subject)} on account {quoted(self.account)}"
            )
        return claims

    def _admit(self, claims: UserClaims, options: ConnectOptions, wall_ns: int) -> Admitted:
        registered, grant, account = claims.registered, claims.grant, claims.registered.audience
        ours = quoted(self.account)
        if not may_be_here(grant, wall_ns, self._zone_offset):
            raise JwtError(f"authorized user on account {ours} outside of valid connect times")
        types = [written.upper() for written in grant.connection_types]
        if types and not any(written in ConnectionType.__members__ for written in types):
            raise JwtError(f"authorized user on account {ours} using invalid connection type")
        if claims.issuer_account:
            raise JwtError(
                f"error non operator mode account {ours}: attempted to use issuer_account"
            )
        if registered.issuer != self._options.issuer:
            raise JwtError(
                f"wrong issuer for auth callout response on account {ours}, "
                f"expected {quoted(self._options.issuer)} got {quoted(registered.issuer)}"
            )
        if account not in self._default_permissions:
            raise JwtError(
                f"no valid account {quoted(account)} for auth callout response on account {ours}: "
                "account missing"
            )
        if registered.name:
            options = replace(options, user=registered.name, nkey="", auth_token="")
        admitted = Admitted(
            options=options,
            user=raw_user(options),
            account=account,
            permissions=permissions_of(grant.rules) or self._default_permissions[account],
            expiry=find_expiry(registered, None, grant, wall_ns, self._zone_offset),
            issuer_key=account,
            name_tag=account,
        )
        return self._without_subject(admitted)

    def _is_asked(self, options: ConnectOptions, account: str) -> bool:
        # Whom the server knows nothing of counts as one of the global account, which always is.
        concerned = (*self._options.allowed_accounts, GLOBAL_ACCOUNT)
        is_concerned = not self._options.allowed_accounts or account in concerned
        return is_concerned and raw_user(options) not in self._options.auth_users

    def _without_subject(self, admitted: Admitted) -> Admitted:
        """Forbid those of the service's account to publish requests of their own."""
        if admitted.account != self.account:
            return admitted
        permissions = admitted.permissions or Permissions()
        publish = permissions.publish
        denied = replace(publish, deny=(*publish.deny, SUBJECT.encode()))
        return replace(admitted, permissions=replace(permissions, publish=denied))


def _connect_options(options: ConnectOptions) -> dict[str, Json]:
    return {
        "jwt": options.jwt,
        "nkey": options.nkey,
        "sig": options.sig,
        "auth_token": options.auth_token,
        "user": options.user,
        "pass": options.password,
        "name": options.name,
        "lang": options.lang,
        "version": options.version,
    }


def _said(members: dict[str, Json]) -> dict[str, Json]:
    """Leave out what is empty."""
    return {key: value for key, value in members.items() if value}
