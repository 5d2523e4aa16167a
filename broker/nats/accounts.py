"""The accounts of a server, and what they give to one another."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from natsim.broker.effects import CloseReason

from .account import Account
from .exports import is_for
from .mappings import Mappings
from .options import AccountOptions, ResponseType, ServiceExport, ServiceImport
from .options.account import GLOBAL_ACCOUNT, UNLIMITED
from .parser import ProtocolError
from .permissions import ClientPermissions
from .service_import import ImportedService
from .stream_import import ImportedStream
from .transform import MappingError

if TYPE_CHECKING:
    from natsim.broker.now import Draw

    from .client import Client
    from .options import Mapping, Options, StreamImport

_SYSTEM_EXPORTS = (
    ServiceExport(
        subject=b"$SYS.REQ.ACCOUNT.*.CONNZ", token_position=4, response_type=ResponseType.STREAM
    ),
    ServiceExport(
        subject=b"$SYS.REQ.ACCOUNT.*.STATZ", token_position=4, response_type=ResponseType.STREAM
    ),
    ServiceExport(subject=b"$SYS.DEBUG.SUBSCRIBERS"),
    ServiceExport(subject=b"$SYS.REQ.USER.*.INFO"),
)
"""What the system account gives to every account."""


class Accounts:
    """All accounts by name, the global and the system account always among them.

    What is not allowed or not possible among their exports, imports and mappings is left out: a
    configuration is checked when it is read, and in operator mode nats-server starts all the same.
    """

    __slots__ = ("_by_name", "_draw", "global_account", "system_account")

    def __init__(self, options: Options, draw: Draw) -> None:
        self._draw = draw
        self._by_name: dict[str, Account] = {}
        self.global_account = self.system_account = Account(AccountOptions(name=GLOBAL_ACCOUNT))
        self.change_options(options)

    def change_options(self, options: Options) -> None:
        """Go by new options; an account of the same name stays, with its clients."""
        before, self._by_name = self._by_name, {}
        for each in options.accounts:
            self._by_name[each.name] = _kept(before.get(each.name), each)
        for name in (GLOBAL_ACCOUNT, options.system_account):
            if name not in self._by_name:
                self._by_name[name] = _kept(before.get(name), AccountOptions(name=name))
        self.global_account = self._by_name[GLOBAL_ACCOUNT]
        self.system_account = self._by_name[options.system_account]
        self._connect(options)

    def get(self, name: str) -> Account | None:
        """Find an account, None if there is no such one."""
        return self._by_name.get(name)

    def all(self) -> list[Account]:
        """List the accounts, in the order of the configuration."""
        return list(self._by_name.values())

    def bind(self, client: Client, account: Account, options: Options) -> None:
        """Let a client see an account, with its limits and those of the server and of its user.

        What it saw before it sees no longer; its subscriptions are ended before this.
        Raises ProtocolError when the account has its connections already.
        """
        client.account.drop(client)
        client.account = account
        admitted = client.identity
        limits = account.options.limits
        payloads = [limits.max_payload, options.max_payload]
        subscriptions = [limits.max_subscriptions, options.max_subscriptions or UNLIMITED]
        if admitted is not None:
            payloads.append(admitted.max_payload)
            subscriptions.append(admitted.max_subscriptions)
            rules = admitted.permissions
            client.permissions = ClientPermissions(rules) if rules is not None else None
        client.max_payload = _least(payloads)
        client.max_subscriptions = _least(subscriptions)
        if 0 <= limits.max_connections <= len(account.clients):
            text = "maximum account active connections exceeded"
            raise ProtocolError(text, CloseReason.MAX_ACCOUNT_CONNECTIONS_EXCEEDED, text)
        account.add(client)

    def _connect(self, options: Options) -> None:
        for account in self.all():
            mappings = options.mappings if account is self.global_account else ()
            self._map(account, mappings + account.options.mappings)
            for stream in account.options.stream_imports:
                self._import_stream(account, stream)
            for service in account.options.service_imports:
                self._import_service(account, service)
        self._share_the_system_account()

    def _map(self, account: Account, mappings: tuple[Mapping, ...]) -> None:
        account.mappings = Mappings(self._draw) if mappings else None
        for mapping in mappings:
            assert account.mappings is not None
            with suppress(MappingError):
                account.mappings.add(mapping)

    def _import_stream(self, account: Account, options: StreamImport) -> None:
        exporter = self._by_name.get(options.account)
        if exporter is None:
            return
        export = exporter.exports.stream(options.subject)
        if is_for(export, account.name, options.subject):
            with suppress(MappingError):
                account.streams.append(ImportedStream(options, exporter, self._draw))

    def _import_service(self, account: Account, options: ServiceImport) -> None:
        exporter = self._by_name.get(options.account)
        if exporter is None:
            return
        export = exporter.exports.service(options.subject)
        if export is not None and is_for(export, account.name, options.subject):
            with suppress(MappingError):
                imported = ImportedService(options, exporter, export, self._draw)
                account.imported_services.append(imported)

    def _share_the_system_account(self) -> None:
        """Let every account ask for itself."""
        system = self.system_account
        for export in _SYSTEM_EXPORTS:
            # What the configuration exports itself goes before.
            system.exports.services.setdefault(export.subject, export)
        for account in self.all():
            for imported in _system_imports(account.name, system.name):
                if account is system and imported.to != b"$SYS.REQ.USER.INFO":
                    continue
                covering = system.exports.service(imported.subject)
                assert covering is not None, "it was put there above"
                account.imported_services.append(
                    ImportedService(imported, system, covering, self._draw)
                )


def _system_imports(name: str, system: str) -> list[ServiceImport]:
    connz = f"$SYS.REQ.ACCOUNT.{name}.CONNZ".encode()
    statz = f"$SYS.REQ.ACCOUNT.{name}.STATZ".encode()
    user = f"$SYS.REQ.USER.{name}.INFO".encode()
    return [
        ServiceImport(account=system, subject=connz, to=b"$SYS.REQ.ACCOUNT.PING.CONNZ"),
        ServiceImport(account=system, subject=connz, to=b"$SYS.REQ.SERVER.PING.CONNZ"),
        ServiceImport(account=system, subject=statz, to=b"$SYS.REQ.ACCOUNT.PING.STATZ"),
        ServiceImport(account=system, subject=user, to=b"$SYS.REQ.USER.INFO", share=True),
    ]


def _kept(account: Account | None, options: AccountOptions) -> Account:
    if account is None:
        return Account(options)
    account.change_options(options)
    return account


def _least(limits: list[int]) -> int:
    """Give the lowest limit, where negative means none."""
    return min((limit for limit in limits if limit >= 0), default=UNLIMITED)
