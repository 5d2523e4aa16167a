"""Who may connect: decides on logins by the options, without waiting for anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from natsim.broker.effects import CloseReason
from natsim.broker.events import ConnectionKind
from natsim.broker.nats import limits
from natsim.broker.nats.nkey import verify_text
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT
from natsim.broker.now import SECOND_NS
from natsim.record import record

from .callout import Callout
from .certificate import find_user
from .claims import UserClaims
from .directory import Known
from .hours import greenwich_only
from .jwt import decode_as
from .login import has_no_credentials, is_allowed_on, with_cookies
from .operator_mode import OperatorMode
from .outcome import Admitted, Gone, NeedsPassword, Refused, identity_of, raw_user, refusal_of
from .password import compare
from .user_table import UserTable
from .validity import is_revoked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from natsim.broker.nats.connect import ConnectOptions
    from natsim.broker.nats.options import AccountOptions, Options, TlsOptions, UserOptions

    from .hours import ZoneOffset
    from .login import Login
    from .outcome import Outcome, Standing


@record
class _Door:
    """What one listener asks of those without an entry in the table. is_own: not as all others."""

    user: str
    password: str
    token: str
    no_auth_user: str
    maps_certificates: bool
    is_own: bool


class Authenticator:
    """The decisions of a server with these options; a reload makes another one.

    callout: writes the requests that NeedsCallout asks for and reads the answers, None without.
    """

    __slots__ = ("_doors", "_is_required", "_operator", "_options", "_table", "callout")

    def __init__(self, options: Options, zone_offset: ZoneOffset = greenwich_only) -> None:
        """Raise JwtError for JWTs that a server does not start with: see startup_mistakes."""
        said = options.authorization
        self._options = options
        self._operator = None if said.operator is None else OperatorMode(said.operator, zone_offset)
        self._table = UserTable(options)
        self.callout = None if said.callout is None else Callout(said.callout, options, zone_offset)
        self._doors = _doors(options, self._table)
        self._is_required = bool(
            self._operator is not None or self._table.is_used or said.user or said.token
        )

    @property
    def needs_nonce(self) -> bool:
        """Tell if INFO carries a nonce, for signatures."""
        return self._operator is not None or bool(self._table.by_nkey)

    @property
    def timeout_ns(self) -> int:
        """How long a client may take to log in, from when TLS is done."""
        said, tls = self._options.authorization.timeout_ns, self._options.tls
        if said is not None:
            return said
        return limits.AUTH_TIMEOUT_NS if tls is None else tls.timeout_ns + SECOND_NS

    def timeout_of(self, kind: ConnectionKind) -> int:
        """Tell how long a kind of connection may take to log in, in ns."""
        websocket = self._options.websocket
        if kind is ConnectionKind.WEBSOCKET and websocket and websocket.auth_timeout_ns:
            return websocket.auth_timeout_ns
        return self.timeout_ns

    @property
    def system_account(self) -> str:
        """The name of the system account: configured, or the operator's."""
        configured = self._options.system_account
        if self._operator is not None:
            return self._operator.directory.system_account(configured)
        return configured

    def accounts(self, wall_ns: int) -> tuple[AccountOptions, ...]:
        """Give the accounts of the configuration, or those the operators' JWTs stand for."""
        if self._operator is None:
            return self._options.accounts
        return (*self._options.accounts, *self._operator.directory.account_options(wall_ns))

    def is_required(self, kind: ConnectionKind) -> bool:
        """Tell if a client must log in: the time-out runs, and its first command is CONNECT.

        But see admits_silent.
        """
        return self._is_required or self._doors[kind].is_own

    def is_announced(self, kind: ConnectionKind) -> bool:
        """Tell if INFO says `auth_required`."""
        if kind is ConnectionKind.CLIENT and self._options.authorization.no_auth_user:
            return False
        return self.is_required(kind)

    def admits_silent(self, kind: ConnectionKind) -> bool:
        """Tell if a client whose first command is not CONNECT is tried as no_auth_user.

        That is: decide on a login with the options that hold before CONNECT.
        """
        table, door = self._table, self._doors[kind]
        user = table.by_name.get(door.no_auth_user or table.no_auth_user)
        return user is not None and is_allowed_on(kind, user.connection_types)

    def decide(self, login: Login, wall_ns: int) -> Outcome:
        """Decide on a CONNECT, the first or a later one."""
        options = with_cookies(login.options, login.upgrade)
        if self._operator is None:
            options = replace(options, jwt="")
        outcome = self._decide(replace(login, options=options), wall_ns)
        # Choosing an account was an option once; now whoever says so is sent away.
        return refusal_of(outcome) if options.account or options.new_account else outcome

    def decide_again(self, login: Login, admitted: Admitted, wall_ns: int) -> Standing:
        """Decide whether a client may stay that another Authenticator has let in.

        login: as then; its options do not matter, those of admitted do. A Refused has its -ERR
        here too. Admitted again, a client may have other permissions.
        """
        if self._has_moved(admitted):
            return Gone(CloseReason.CLIENT_CLOSED)
        revoked = self._find_revocation(admitted, wall_ns)
        if revoked is not None:
            return revoked
        outcome = self.decide(replace(login, options=admitted.options), wall_ns)
        if (
            isinstance(outcome, NeedsPassword)
            and (outcome.hashed, outcome.password) == admitted.proof
        ):
            return outcome.then
        return outcome

    def _decide(self, login: Login, wall_ns: int) -> Outcome:
        if not self.is_required(login.kind):
            return self._admit(login.options, GLOBAL_ACCOUNT)
        if self._operator is not None:
            return self._operator.decide(login, wall_ns)
        outcome = self._decide_by_table(login)
        return outcome if self.callout is None else self.callout.delegate(login, outcome)

    def _decide_by_table(self, login: Login) -> Outcome:
        table, door, options = self._table, self._doors[login.kind], login.options
        if table.by_nkey:
            is_stranger = has_no_credentials(options) and not options.nkey
            if is_stranger and door.no_auth_user in table.by_nkey:
                options = replace(options, nkey=door.no_auth_user)
            if options.nkey:
                return self._decide_by_nkey(login, options, door)
        if table.by_name:
            if door.maps_certificates:
                return self._decide_by_certificate(login, options)
            if has_no_credentials(options) and door.no_auth_user in table.by_name:
                user = table.by_name[door.no_auth_user]
                options = replace(options, user=user.name, password=user.password)
            if options.user:
                return self._decide_by_name(login, options, door)
        return self._decide_by_door(options, door)

    def _decide_by_nkey(self, login: Login, options: ConnectOptions, door: _Door) -> Outcome:
        user = self._table.by_nkey.get(options.nkey)
        if user is None or not is_allowed_on(login.kind, user.connection_types):
            return _refused(options)
        if user.nkey != door.no_auth_user:
            if not options.sig:
                return _refused(options, "Signature missing")
            if not verify_text(user.nkey, login.nonce.encode(), options.sig):
                return _refused(options, "Signature not verified")
        return replace(self._admit_user(options, user), issuer_key=user.account or GLOBAL_ACCOUNT)

    def _decide_by_certificate(self, login: Login, options: ConnectOptions) -> Outcome:
        if login.peer is None:
            return _refused(options, "User required in cert, no TLS connection state")
        user = find_user(login.peer, self._users_on(login.kind))
        if user is None:
            return _refused(options, f'User in cert ["{login.peer.subject}"], not found')
        options = replace(options, user=user.name)
        admitted = self._admit_user(options, user)
        return compare(user.password, options.password, admitted, _refused(options))

    def _decide_by_name(self, login: Login, options: ConnectOptions, door: _Door) -> Outcome:
        user = self._table.by_name.get(options.user)
        if user is None or not is_allowed_on(login.kind, user.connection_types):
            return _refused(options)
        if not user.password and user.name != door.no_auth_user and self._may_be_mapped(user):
            return _refused(options, f'User "{user.name}" requires a client certificate')
        admitted = self._admit_user(options, user)
        return compare(user.password, options.password, admitted, _refused(options))

    def _decide_by_door(self, options: ConnectOptions, door: _Door) -> Outcome:
        refused = _refused(options)
        admitted = self._admit(options, GLOBAL_ACCOUNT)
        if door.token:
            return compare(door.token, options.auth_token, admitted, refused)
        if door.user and door.user == options.user:
            return compare(door.password, options.password, admitted, refused)
        return refused

    def _admit_user(self, options: ConnectOptions, user: UserOptions) -> Admitted:
        admitted = self._admit(options, user.account or GLOBAL_ACCOUNT)
        return replace(admitted, permissions=self._table.permissions_of(user))

    def _admit(self, options: ConnectOptions, account: str) -> Admitted:
        return Admitted(options, raw_user(options), account, name_tag=account)

    def _users_on(self, kind: ConnectionKind) -> Mapping[str, UserOptions]:
        users = self._table.by_name
        return {
            name: user for name, user in users.items() if is_allowed_on(kind, user.connection_types)
        }

    def _may_be_mapped(self, user: UserOptions) -> bool:
        """Tell if some listener knows this user by its certificate, so that it needs no password.

        Where another listener does not, no password is then no way in.
        """
        return any(
            door.maps_certificates and is_allowed_on(kind, user.connection_types)
            for kind, door in self._doors.items()
        )

    def _has_moved(self, admitted: Admitted) -> bool:
        """Tell if a client's user is of another account now, or of none.

        Whoever gave a name that is in no table is of none: so a reload ends the connections of a
        server with a single user, and of one without any whose clients gave a name all the same.
        """
        if self._operator is not None:
            return False
        options, table = admitted.options, self._table
        if options.nkey:
            user = table.by_nkey.get(options.nkey)
        elif options.user:
            user = table.by_name.get(options.user)
        else:
            return False
        return user is None or (user.account or GLOBAL_ACCOUNT) != admitted.account

    def _find_revocation(self, admitted: Admitted, wall_ns: int) -> Gone | None:
        """Tell how a change of an account's JWT ends a connection, None if it does not."""
        if self._operator is None or not admitted.subject:
            return None
        account = self._operator.directory.find(admitted.account, wall_ns)
        if not isinstance(account, Known):
            return None
        claims = decode_as(UserClaims, admitted.options.jwt)
        if claims.grant.is_bearer and account.claims.limits.refuses_bearers:
            return None
        if is_revoked(account.claims.revocations, claims.registered):
            return Gone(CloseReason.CREDENTIALS_REVOKED, "User Authentication Revoked")
        if claims.registered.issuer not in account.signers:
            return Gone(CloseReason.AUTHENTICATION_FAILURE)
        return None


def _doors(options: Options, table: UserTable) -> Mapping[ConnectionKind, _Door]:
    said, websocket = options.authorization, options.websocket
    plain = _Door(
        user=said.user,
        password=said.password,
        token=said.token,
        no_auth_user=table.no_auth_user,
        maps_certificates=_maps(options.tls),
        is_own=False,
    )
    if websocket is None:
        return {ConnectionKind.CLIENT: plain, ConnectionKind.WEBSOCKET: plain}
    browsers = replace(plain, maps_certificates=_maps(websocket.tls))
    if websocket.user or websocket.token or websocket.no_auth_user:
        browsers = _Door(
            user=websocket.user,
            password=websocket.password,
            token=websocket.token,
            no_auth_user=websocket.no_auth_user,
            maps_certificates=_maps(websocket.tls),
            is_own=True,
        )
    return {ConnectionKind.CLIENT: plain, ConnectionKind.WEBSOCKET: browsers}


def _maps(tls: TlsOptions | None) -> bool:
    return tls is not None and tls.verify_and_map


def _refused(options: ConnectOptions, complaint: str = "") -> Refused:
    return Refused(identity_of(options), complaint)
