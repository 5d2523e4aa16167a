"""Who judges an append log: by what it was given, what it said, and what it held at each start."""

from __future__ import annotations

from natsim.record import record


@record
class Anomaly:
    """A promise that was broken. kind: lost, invented, twice, order, unreadable, stuck."""

    kind: str
    text: str


class Witness:
    """One log's life, over all crashes; every payload is given once."""

    def __init__(self) -> None:
        self._place: dict[bytes, int] = {}
        self._open: dict[bytes, None] = {}
        self._certain: dict[bytes, str] = {}
        self._gone: dict[bytes, str] = {}
        self.anomalies: list[Anomaly] = []
        self.acknowledged_count = 0
        self.recovered_count = 0

    @property
    def offered_count(self) -> int:
        """How many records were given."""
        return len(self._place)

    @property
    def gone_count(self) -> int:
        """How many records were refused, or lost before anybody counted on them."""
        return len(self._gone)

    def offered(self, payload: bytes) -> None:
        """A record was given."""
        self._place[payload] = len(self._place)
        self._open[payload] = None

    def acknowledged(self, payload: bytes) -> None:
        """The log said that it is durable."""
        self.acknowledged_count += 1
        self._open.pop(payload, None)
        self._certain[payload] = "acknowledged"

    def refused(self, payload: bytes) -> None:
        """The log said that it is not in the log."""
        self._open.pop(payload, None)
        self._gone[payload] = "refused"

    def crashed(self) -> None:
        """The process ended: what was not answered may be there or not."""
        self._open.clear()

    def started(self, payloads: list[bytes]) -> None:
        """The log held these after a start, and showed them to readers."""
        self.recovered_count += len(payloads)
        self._check(payloads)
        held = dict.fromkeys(payloads)
        for payload in self._place:
            if payload in held:
                self._certain.setdefault(payload, "read")
            elif payload not in self._open:
                self._gone.setdefault(payload, "gone before")

    def settled(self) -> None:
        """Time enough went by without a fault: nothing may be without an answer."""
        for payload in self._open:
            self._accuse("stuck", f"record {self._name(payload)} has no answer")

    def unreadable(self, why: str) -> None:
        """The log did not start, and no fault of the disk explains it."""
        self._accuse("unreadable", why)

    def _check(self, payloads: list[bytes]) -> None:
        last = -1
        seen: dict[bytes, None] = {}
        for payload in payloads:
            place = self._place.get(payload)
            if place is None:
                self._accuse("invented", f"nobody gave {payload[:16]!r} of {len(payload)} bytes")
                continue
            if payload in self._gone:
                why = self._gone[payload]
                self._accuse("invented", f"record {place} was {why} and is there")
            if payload in seen:
                self._accuse("twice", f"record {place} is there twice")
            elif place < last:
                self._accuse("order", f"record {place} comes after {last}")
            seen[payload] = None
            last = max(last, place)
        for payload, why in self._certain.items():
            if payload not in seen:
                self._accuse("lost", f"record {self._name(payload)} was {why} and is not there")

    def _name(self, payload: bytes) -> str:
        return str(self._place[payload])

    def _accuse(self, kind: str, text: str) -> None:
        self.anomalies.append(Anomaly(kind, text))
