"""The life of a server with everything switched on, told by a digest of all it did.

`python -m tests.determinism.server_life` prints it: to be run under several hash seeds.
"""

from __future__ import annotations

import hashlib
import random

from natsim.broker.effects import Verify
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
USERS = (b"a", b"b", b"g", b"sys", b"h", b"eve")
CONNECT = (
    b'CONNECT {"user":"%b","pass":"p","headers":true,"protocol":1,"verbose":false,'
    b'"no_responders":true}\r\nPING\r\n'
)
STEPS = 3_000
_END_NS = 2 * STEPS * SECOND_NS


class Life:
    """A broker, what may happen to it, and the digest of what it did."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        loaded = load("life.conf", lambda _: CONFIG, {})
        validate(loaded.options)
        self._options = loaded.options
        self._now = Now(SECOND_NS, 1_700_000_000 * SECOND_NS)
        draw = random.Random(seed + 1).randrange
        self._broker = Broker(loaded.options, make_identity("life", "go", draw), draw, self._now)
        self._verifying: list[int] = []
        self._conns: list[int] = []
        self.digest = hashlib.sha256()

    def step(self, number: int) -> None:
        """Let time pass, and something happen."""
        passed_ns = self._chance.randrange(SECOND_NS)
        self._now = Now(self._now.mono_ns + passed_ns, self._now.wall_ns + SECOND_NS // 2)
        deadline = self._broker.deadline()
        if deadline is not None and deadline <= self._now.mono_ns:
            self._tell(TimeReached())
        if number % 40 == 0:
            self._connect(number + 1)
        elif self._verifying and self._chance.random() < 0.3:
            self._tell(Verified(self._verifying.pop(0), is_right=self._chance.random() < 0.5))
        else:
            self._happen(number)

    def end(self) -> None:
        """Send everyone away."""
        self._tell(LameDuck())
        while (deadline := self._broker.deadline()) is not None and deadline < _END_NS:
            self._now = Now(max(deadline, self._now.mono_ns), self._now.wall_ns)
            self._tell(TimeReached())

    def _connect(self, conn: int) -> None:
        self._conns.append(conn)
        kind = self._chance.choice(list(ConnectionKind))
        self._tell(Connected(conn, "127.0.0.1", conn, kind))
        self._tell(Received(conn, CONNECT % self._chance.choice(USERS)))

    def _happen(self, number: int) -> None:
        chance = self._chance
        if number % 97 == 0:
            request = MonitorRequest(chance.choice(PATHS))
            answer = self._broker.monitor(request, ProcessStatistics(), self._now)
            self.digest.update(answer.body)
        elif number % 131 == 0:
            self._tell(Drained(chance.choice(self._conns), chance.randrange(100)))
        elif number % 397 == 0:
            conn = self._conns.pop(chance.randrange(len(self._conns)))
            self._tell(Disconnected(conn, ""))
        elif number % 977 == 0:
            self._tell(Reload(self._options))
        else:
            self._tell(Received(chance.choice(self._conns), chance.choice(SAYINGS)))

    def _tell(self, event: Event) -> None:
        for effect in self._broker.handle(event, self._now):
            self.digest.update(repr(effect).encode())
            if isinstance(effect, Verify):
                self._verifying.append(effect.conn)


def digest_of_a_life(seed: int) -> str:
    """Live a life of STEPS steps; give the digest of every effect and answer."""
    life = Life(seed)
    for number in range(STEPS):
        life.step(number)
    life.end()
    return life.digest.hexdigest()


if __name__ == "__main__":
    print(digest_of_a_life(1))  # noqa: T201
