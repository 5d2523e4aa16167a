"""The life of a server with everything switched on, told by a digest of all it did.

`python -m tests.determinism.server_life` prints it: to be run under several hash seeds.
"""

from __future__ import annotations

import hashlib
import random

from natsim.broker.effects import Effect, Verify
from natsim.broker.events import (
    Connected,
    ConnectionKind,
    Disconnected,
    Drained,
    Event,
    LameDuck,
    Received,
    Reload,
    TimeReached,
    Verified,
)
from natsim.broker.nats.broker import Broker
from natsim.broker.nats.config import load, validate
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.monitor import MonitorRequest, ProcessStatistics
from natsim.broker.now import SECOND_NS, Now

CONFIG = b"""
server_name: life, http: 8222, lame_duck_duration: "30s", lame_duck_grace_period: "1s"
websocket { port: 8080, no_tls: true }
mappings { "w.*": "v.{{wildcard(1)}}", split: [{destination: s.1, weight: 50%},
  {destination: s.2, weight: 50%}] }
accounts {
  $SYS { users: [{user: sys, password: p}] }
  A { users: [{user: a, password: p, permissions: {
        publish: {allow: ["pub.>", "svc.>"], deny: "pub.no"}, subscribe: [">", "q grp"],
        allow_responses: true}}]
      exports: [{stream: "pub.>"}, {service: "svc.*", response_type: stream}] }
  B { users: [{user: b, password: p}, {user: h,
        password: "$2a$04$abcdefghijklmnopqrstuuMHNmHrRnWMWmd6g2n1vJFNUCjtZ2kIy"}]
      imports: [{stream: {account: A, subject: "pub.>"}, prefix: from.a},
                {service: {account: A, subject: "svc.time"}, to: req.time}] }
}
authorization { users: [{user: g, password: p}] }
"""
SAYINGS = (
    b"SUB pub.> 1\r\n", b"SUB > 2\r\n", b"SUB q grp 3\r\n", b"UNSUB 2 5\r\n",
    b"SUB from.a.> 4\r\n", b"SUB svc.* 5\r\n", b"SUB inbox.* 6\r\n", b"SUB $SYS.> 7\r\n",
    b"PUB pub.x 2\r\nhi\r\n", b"PUB pub.no 0\r\n\r\n", b"PUB req.time inbox.1 3\r\nnow\r\n",
    b"PUB w.7 1\r\nx\r\n", b"PUB split 1\r\ny\r\n" * 4, b"PUB q 1\r\nz\r\n" * 3,
    b"HPUB pub.h 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", b"PING\r\n", b"PONG\r\n",
    b"PUB $SYS.REQ.SERVER.PING inbox.2 0\r\n\r\n", b"PUB $SYS.REQ.USER.INFO inbox.3 0\r\n\r\n",
    b"PUB $SYS.REQ.SERVER.PING.CONNZ inbox.4 0\r\n\r\n", b"junk\r\n",
)  # fmt: skip
PATHS = ("/varz", "/connz?subs=detail&auth=1", "/connz?state=closed&sort=reason", "/subsz?subs=1",
         "/accountz?acc=B", "/accstatz?unused=1", "/healthz", "/leafz", "/routez")  # fmt: skip
USERS = ("a", "b", "g", "sys", "h", "eve")
STEPS = 3_000


def digest_of_a_life(seed: int) -> str:
    """Live a life of STEPS steps; give the digest of every effect and answer."""
    chance = random.Random(seed)
    loaded = load("life.conf", lambda _: CONFIG, {})
    validate(loaded.options)
    now = Now(SECOND_NS, 1_700_000_000 * SECOND_NS)
    draw = random.Random(seed + 1).randrange
    broker = Broker(loaded.options, make_identity("life", "go", draw), draw, now)
    digest = hashlib.sha256()
    waiting: list[Event] = []
    conns: list[int] = []

    def tell(event: Event) -> None:
        for effect in broker.handle(event, now):
            digest.update(_told(effect))
            if isinstance(effect, Verify):
                waiting.append(Verified(effect.conn, is_right=chance.random() < 0.5))

    for step in range(STEPS):
        now = Now(now.mono_ns + chance.randrange(SECOND_NS), now.wall_ns + SECOND_NS // 2)
        deadline = broker.deadline()
        if deadline is not None and deadline <= now.mono_ns:
            tell(TimeReached())
        if step % 40 == 0:
            kind = chance.choice(list(ConnectionKind))
            conns.append(step + 1)
            tell(Connected(step + 1, "127.0.0.1", step, kind))
            user = chance.choice(USERS)
            connect = b'CONNECT {"user":"%b","pass":"p","headers":true,"protocol":1,"verbose":false'
            manners = b',"no_responders":true}\r\nPING\r\n'
            tell(Received(step + 1, connect % user.encode() + manners))
        elif waiting and chance.random() < 0.3:
            tell(waiting.pop(0))
        elif step % 97 == 0:
            request = MonitorRequest(chance.choice(PATHS))
            digest.update(broker.monitor(request, ProcessStatistics(), now).body)
        elif step % 131 == 0:
            tell(Drained(chance.choice(conns), chance.randrange(100)))
        elif step % 397 == 0:
            tell(Disconnected(conns.pop(chance.randrange(len(conns))), ""))
        elif step % 977 == 0:
            tell(Reload(loaded.options))
        else:
            tell(Received(chance.choice(conns), chance.choice(SAYINGS)))
    tell(LameDuck())
    while (deadline := broker.deadline()) is not None and now.mono_ns < STEPS * 2 * SECOND_NS:
        now = Now(max(deadline, now.mono_ns), now.wall_ns)
        tell(TimeReached())
    return digest.hexdigest()


def _told(effect: Effect) -> bytes:
    return repr(effect).encode() + b"\n"


if __name__ == "__main__":
    print(digest_of_a_life(1))  # noqa: T201
