"""Cases: the server reads its configuration again on SIGHUP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.connection import Silence

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

ADA = '{user: ada, password: "@ada@"}'
BOB = '{user: bob, password: "@bob@"}'
STRAY_TAILS = ("[\n", "max_control_line: 1,000\n", "nonsense")
BLANK_IN_SUBJECT = (
    'authorization { users: [{user: ada, password: "@ada@", permissions: {publish: "a b"}}] }\n'
)


@case(
    "life.reload.max-payload",
    "A new max_payload holds for new connections, and for those that are there.",
    house="reload",
    is_fresh=True,
)
async def max_payload(trial: Trial) -> None:
    ada, bob = await _login(trial, "ada"), await _login(trial, "bob")
    a = trial.subject("a")
    await ada.write(b"SUB %b 1\r\n" % a)
    await ada.expect_nothing()

    await _reload(trial, 100, ADA, BOB)

    await ada.write(b"PUB %b 100\r\n%b\r\n" % (a, b"x" * 100))
    await ada.expect(b"MSG %b 1 100\r\n%b\r\n" % (a, b"x" * 100))
    await bob.write(b"PUB %b 101\r\n%b\r\n" % (a, b"x" * 101))
    await bob.expect_error("Maximum Payload Violation", closes=True)
    await ada.expect_nothing()


@case(
    "life.reload.kept",
    "Connections and subscriptions live on over a reload.",
    house="reload",
    is_fresh=True,
)
async def kept(trial: Trial) -> None:
    ada, bob = await _login(trial, "ada"), await _login(trial, "bob")
    a = trial.subject("a")
    await ada.write(b"SUB %b 1\r\nUNSUB 1 3\r\nSUB %b q 2\r\nPUB %b 1\r\n0\r\n" % (a, a, a))
    await ada.expect_any_order(b"MSG %b 1 1\r\n0\r\n" % a, b"MSG %b 2 1\r\n0\r\n" % a)

    await _reload(trial, 2000, ADA, BOB)

    # Two of the three of sid 1 are left.
    for payload, sids in ((b"1", (1, 2)), (b"2", (1, 2)), (b"3", (2,))):
        await bob.write(b"PUB %b 1\r\n%b\r\n" % (a, payload))
        await bob.expect_nothing()
        await ada.expect_any_order(*[b"MSG %b %d 1\r\n%b\r\n" % (a, sid, payload) for sid in sids])
    await ada.expect_nothing()


@case(
    "life.reload.user-removed",
    "The connections of a user who is no more are closed, those of others stay.",
    house="reload",
    is_fresh=True,
)
async def user_removed(trial: Trial) -> None:
    ada, bob = await _login(trial, "ada"), await _login(trial, "bob")

    await _reload(trial, 2000, ADA)

    heard = await bob.hear()
    if heard == b"-ERR 'Authorization Violation'\r\n":
        trial.lenient("a user who is no more is told Authorization Violation")
        heard = await bob.hear()
    if heard:
        raise bob.failed(b"<closed>", heard, "the connection of a removed user is not closed")
    await ada.expect_nothing()
    await _expect_refused(trial, "bob", trial.things["bob"])


@case(
    "life.reload.user-added",
    "A user who is added may connect.",
    house="reload",
    is_fresh=True,
)
async def user_added(trial: Trial) -> None:
    await _expect_refused(trial, "eve", trial.things["other"])
    ada = await _login(trial, "ada")

    await _reload(trial, 2000, ADA, BOB, '{user: eve, password: "@other@"}')

    await trial.log_in("eve", trial.things["other"])
    await ada.expect_nothing()


@case(
    "life.reload.password",
    "Who logged in with a password that has changed is cut, others stay; the new one holds.",
    house="reload",
    is_fresh=True,
)
async def password(trial: Trial) -> None:
    ada, bob = await _login(trial, "ada"), await _login(trial, "bob")

    await _reload(trial, 2000, ADA, '{user: bob, password: "@other@"}')

    await bob.expect_error("Authorization Violation", closes=True)
    await ada.expect_nothing()
    await _expect_refused(trial, "bob", trial.things["bob"])
    await trial.log_in("bob", trial.things["other"])


@case(
    "life.reload.auth-added",
    "When users are configured, connections without credentials are cut.",
    is_fresh=True,
)
async def auth_added(trial: Trial) -> None:
    anonymous = await trial.connect()

    await trial.server.reload("max_payload: 2000\nauthorization { token: secret-token }\n")
    info = await _until_max_payload(trial, 2000)

    if info.get("auth_required") is not True:
        raise Failed("INFO does not say auth_required after users were configured")
    await anonymous.expect_error("Authorization Violation", closes=True)
    await trial.connect(auth_token="secret-token")


@case(
    "life.reload.publish-permission",
    "A permission to publish that is taken away holds for connections that are there.",
    house="reload",
    is_fresh=True,
)
async def publish_permission(trial: Trial) -> None:
    ada, a, b = await _login(trial, "ada"), trial.subject("a"), trial.subject("b")
    await ada.write(b"SUB %b 1\r\nSUB %b 2\r\n" % (a, b))
    await ada.expect_nothing()

    narrowed = f'{{publish: {{deny: "{a.decode()}"}}}}'
    await _reload(trial, 2000, f'{{user: ada, password: "@ada@", permissions: {narrowed}}}', BOB)

    await ada.write(b"PUB %b 1\r\nx\r\n" % a)
    await ada.expect_error(f'Permissions Violation for Publish to "{a.decode()}"', closes=False)
    await ada.write(b"PUB %b 1\r\ny\r\n" % b)
    await ada.expect(b"MSG %b 2 1\r\ny\r\n" % b)


@case(
    "life.reload.subscribe-permission",
    "A subscription that is not permitted any more is removed, and its owner is told.",
    house="reload",
    is_fresh=True,
)
async def subscribe_permission(trial: Trial) -> None:
    ada, bob = await _login(trial, "ada"), await _login(trial, "bob")
    a, b = trial.subject("a"), trial.subject("b")
    await ada.write(b"SUB %b 1\r\nSUB %b 2\r\n" % (a, b))
    await ada.expect_nothing()

    narrowed = f'{{subscribe: {{deny: "{a.decode()}"}}}}'
    await _reload(trial, 2000, f'{{user: ada, password: "@ada@", permissions: {narrowed}}}', BOB)

    await ada.expect_error(
        f'Permissions Violation for Subscription to "{a.decode()}" (sid "1")', closes=False
    )
    await bob.write(b"PUB %b 1\r\nx\r\nPUB %b 1\r\ny\r\n" % (a, b))
    await bob.expect_nothing()
    await ada.expect(b"MSG %b 2 1\r\ny\r\n" % b)
    await ada.expect_nothing()


@case(
    "life.reload.queue-subscription",
    "Whose subscription in a queue group is removed is told the group.",
    house="reload",
    is_fresh=True,
    versions=">=2.14.4",
)
async def queue_subscription(trial: Trial) -> None:
    await _expect_removed(trial, 'Subscription to "{}" using queue "q" (sid "1")')


@case(
    "life.reload.queue-subscription-before-2-14-4",
    "Whose subscription in a queue group is removed was not told the group.",
    "life.reload.queue-subscription",
    house="reload",
    is_fresh=True,
    versions="<2.14.4",
)
async def queue_subscription_before(trial: Trial) -> None:
    await _expect_removed(trial, 'Subscription to "{}" (sid "1")')


@case(
    "life.reload.max-connections",
    "When max_connections is lowered, the surplus is cut.",
    is_fresh=True,
)
async def max_connections(trial: Trial) -> None:
    connections = [await trial.connect() for _ in range(4)]

    await trial.server.reload("max_connections: 2\n")

    left: list[Connection] = []

    async def look() -> str:
        cut = 0
        left.clear()
        for connection in connections:
            try:
                heard = await connection.hear(0.01)
            except Silence:
                left.append(connection)
                continue
            if heard and heard != b"-ERR 'maximum connections exceeded'\r\n":
                raise connection.failed(b"-ERR 'maximum connections exceeded'\r\n", heard)
            cut += 1
            if heard:
                await connection.expect_closed()
        return "" if cut == 2 else f"{cut} of 4 connections are cut, expected 2"

    await trial.until(look)
    for connection in left:
        await connection.expect_nothing()


@case(
    "life.reload.broken",
    "A configuration with a mistake is refused whole, and the server lives on.",
    house="reload",
    is_fresh=True,
)
async def broken(trial: Trial) -> None:
    ada = await _login(trial, "ada")

    for mistake in ("max_payload: 10\nnonsense: 1\n", "max_payload: 10\nauthorization {\n"):
        await _reload_and_wait(trial, mistake)
        info = (await trial.open()).info
        if info.get("max_payload") != 1000 or info.get("auth_required") is not True:
            raise Failed(f"a configuration with a mistake was taken: INFO says {info}")
    await ada.expect_nothing()

    await _reload(trial, 2000, ADA, BOB)
    await ada.expect_nothing()


@case(
    "life.reload.stray-tail",
    "A configuration with something at its end that means nothing is refused.",
    house="reload",
    is_fresh=True,
    versions=">=2.10",
)
async def stray_tail(trial: Trial) -> None:
    for tail in STRAY_TAILS:
        await _expect_not_taken(trial, tail)


@case(
    "life.reload.stray-tail-before-2-10",
    "Something at the end of a configuration that means nothing was passed over.",
    "life.reload.stray-tail",
    house="reload",
    is_fresh=True,
    versions="<2.10",
)
async def stray_tail_before(trial: Trial) -> None:
    for number, tail in enumerate(STRAY_TAILS):
        await trial.server.reload(f"max_payload: {20 + number}\n{tail}")
        await _until_max_payload(trial, 20 + number)


@case(
    "life.reload.blank-in-subject",
    "A configuration with a permission to publish to what is no subject is refused.",
    house="reload",
    is_fresh=True,
    versions=">=2.14.4",
)
async def blank_in_subject(trial: Trial) -> None:
    await _expect_not_taken(trial, BLANK_IN_SUBJECT)


@case(
    "life.reload.blank-in-subject-before-2-14-4",
    "A permission to publish to what is no subject was taken.",
    "life.reload.blank-in-subject",
    house="reload",
    is_fresh=True,
    versions="<2.14.4",
)
async def blank_in_subject_before(trial: Trial) -> None:
    await trial.server.reload(f"max_payload: 20\n{BLANK_IN_SUBJECT}")
    await _until_max_payload(trial, 20)


@case(
    "life.reload.unsupported",
    "A change that cannot be made while the server runs is refused, with all others beside it.",
    house="reload",
    is_fresh=True,
)
async def unsupported(trial: Trial) -> None:
    ada, users = await _login(trial, "ada"), f"authorization {{ users: [{ADA}, {BOB}] }}\n"

    for change in ("max_pending: 5000000\n", "max_subscriptions: 10\n"):
        await _reload_and_wait(trial, f"max_payload: 10\n{change}{users}")
        info = (await trial.open()).info
        if info.get("max_payload") != 1000:
            raise Failed(f"a reload with {change.strip()} was taken: INFO says {info}")
    await ada.expect_nothing()

    await _reload(trial, 2000, ADA, BOB)
    await ada.expect_nothing()


async def _expect_removed(trial: Trial, text: str) -> None:
    """Deny what is subscribed to in a queue group, and hear the text with the subject put in."""
    ada, subject = await _login(trial, "ada"), trial.subject("a").decode()
    await ada.write(b"SUB %b q 1\r\n" % subject.encode())
    await ada.expect_nothing()

    narrowed = f'{{subscribe: {{deny: "{subject}"}}}}'
    await _reload(trial, 2000, f'{{user: ada, password: "@ada@", permissions: {narrowed}}}', BOB)

    await ada.expect_error(f"Permissions Violation for {text.format(subject)}", closes=False)


async def _expect_not_taken(trial: Trial, rest: str) -> None:
    """Reload another max_payload with the rest, and see that it is not taken."""
    await _reload_and_wait(trial, f"max_payload: 20\n{rest}")
    said = (await trial.open()).info.get("max_payload")
    if said != 1000:
        raise Failed(f"a configuration with {rest!r} was taken: INFO says max_payload {said}")


async def _login(trial: Trial, name: str) -> Connection:
    return await trial.log_in(name, trial.things[name])


async def _reload(trial: Trial, payload_max: int, *users: str) -> None:
    """Give other users and another max_payload, by which it is seen that it was taken."""
    await trial.server.reload(
        f"max_payload: {payload_max}\nauthorization {{ users: [{', '.join(users)}] }}\n"
    )
    await _until_max_payload(trial, payload_max)


async def _until_max_payload(trial: Trial, payload_max: int) -> dict[str, object]:
    info: dict[str, object] = {}

    async def look() -> str:
        connection = await trial.open()
        info.clear()
        info.update(connection.info)
        connection.shut()
        said = info.get("max_payload")
        return "" if said == payload_max else f"INFO says max_payload {said} after a reload"

    await trial.until(look)
    return info


async def _reload_and_wait(trial: Trial, config: str) -> None:
    """Give a configuration that must be refused, of which only the log tells."""
    before = trial.server.log()
    await trial.server.reload(config)

    async def look() -> str:
        return "" if len(trial.server.log()) > len(before) else "the log says nothing of a reload"

    await trial.until(look)
    await (await trial.open()).settle()


async def _expect_refused(trial: Trial, user: str, word: str) -> None:
    connection = await trial.open()
    await connection.write(trial.connect_line(connection, user=user, **{"pass": word}))
    await connection.expect_error("Authorization Violation", closes=True)
