"""Options as a configuration file of a real server, as far as the parity tests need them."""

from __future__ import annotations

import json

from natsim.broker.nats.options import (
    AccountOptions,
    Export,
    Mapping,
    Options,
    Permissions,
    ServiceExport,
    StreamImport,
    SubjectRules,
    UserOptions,
)
from natsim.broker.nats.options.account import (
    GLOBAL_ACCOUNT,
    SYSTEM_ACCOUNT,
    UNLIMITED,
    ServiceImport,
)


def config_text(options: Options) -> str:
    """Write the accounts, users, permissions and mappings of options."""
    lines: list[str] = []
    if options.max_subscription_tokens:
        lines.append(f"max_subscription_tokens: {options.max_subscription_tokens}")
    if options.max_subscriptions:
        lines.append(f"max_subscriptions: {options.max_subscriptions}")
    if options.system_account != SYSTEM_ACCOUNT:
        lines.append(f"system_account: {json.dumps(options.system_account)}")
    lines.append(_mappings(options.mappings))
    authorization = options.authorization
    inside = [f"users: [{_users(authorization.users, '')}]"]
    if authorization.default_permissions is not None:
        inside.append(f"default_permissions: {_permissions(authorization.default_permissions)}")
    lines.append("authorization {\n" + "\n".join(inside) + "\n}")
    accounts = [_account(account, options) for account in options.accounts]
    lines.append("accounts {\n" + "\n".join(accounts) + "\n}")
    return "\n".join(lines)


def _account(account: AccountOptions, options: Options) -> str:
    imports = [*account.stream_imports, *account.service_imports]
    fields = [
        f"users: [{_users(options.authorization.users, account.name)}]",
        f"exports: [{', '.join(map(_export, account.exports))}]",
        f"imports: [{', '.join(map(_import, imports))}]",
        _mappings(account.mappings),
    ]
    limits = account.limits
    named = {
        "max_connections": limits.max_connections,
        "max_subscriptions": limits.max_subscriptions,
        "max_payload": limits.max_payload,
    }
    told = [f"{name}: {value}" for name, value in named.items() if value != UNLIMITED]
    if told:
        fields.append("limits { " + ", ".join(told) + " }")
    if account.default_permissions is not None:
        fields.append(f"default_permissions: {_permissions(account.default_permissions)}")
    return f"{json.dumps(account.name)} {{\n" + "\n".join(fields) + "\n}"


def _users(users: tuple[UserOptions, ...], account: str) -> str:
    return ", ".join(
        f"{{user: {user.name}, password: {user.password}"
        + (f", permissions: {_permissions(user.permissions)}" if user.permissions else "")
        + "}"
        for user in users
        if user.account.replace(GLOBAL_ACCOUNT, "") == account
    )


def _permissions(permissions: Permissions) -> str:
    fields: list[str] = []
    if permissions.publish != SubjectRules():
        fields.append(f"publish: {_rules(permissions.publish)}")
    if permissions.subscribe != SubjectRules():
        fields.append(f"subscribe: {_rules(permissions.subscribe)}")
    if permissions.responses is not None:
        rule = permissions.responses
        fields.append(
            f"allow_responses: {{max: {rule.max_messages}, "
            f'expires: "{rule.expires_ns // 1_000_000}ms"}}'
        )
    return "{" + ", ".join(fields) + "}"


def _rules(rules: SubjectRules) -> str:
    fields = {"allow": rules.allow, "deny": rules.deny}
    return (
        "{" + ", ".join(f"{key}: {_texts(value)}" for key, value in fields.items() if value) + "}"
    )


def _export(export: Export) -> str:
    is_service = isinstance(export, ServiceExport)
    fields = [f"{'service' if is_service else 'stream'}: {_text(export.subject)}"]
    if export.accounts:
        fields.append(f"accounts: {json.dumps(export.accounts)}")
    if export.token_position:
        fields.append(f"account_token_position: {export.token_position}")
    if isinstance(export, ServiceExport):
        fields.append(f"response_type: {export.response_type}")
        if export.threshold_ns:
            fields.append(f'threshold: "{export.threshold_ns // 1_000_000}ms"')
    return "{" + ", ".join(fields) + "}"


def _import(each: StreamImport | ServiceImport) -> str:
    kind = "stream" if isinstance(each, StreamImport) else "service"
    source = f"{{account: {each.account}, subject: {_text(each.subject)}}}"
    fields = [f"{kind}: {source}"]
    if isinstance(each, StreamImport) and each.prefix:
        fields.append(f"prefix: {_text(each.prefix)}")
    if each.to:
        fields.append(f"to: {_text(each.to)}")
    if isinstance(each, ServiceImport) and each.share:
        fields.append("share: true")
    return "{" + ", ".join(fields) + "}"


def _mappings(mappings: tuple[Mapping, ...]) -> str:
    lines = [
        f"{_text(mapping.source)}: ["
        + ", ".join(
            f'{{destination: {_text(each.subject)}, weight: "{each.weight}%"}}'
            for each in mapping.destinations
        )
        + "]"
        for mapping in mappings
    ]
    return "mappings { " + "\n".join(lines) + " }" if lines else ""


def _text(raw: bytes) -> str:
    return json.dumps(raw.decode())


def _texts(texts: tuple[bytes, ...]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"
