"""The life of one append log on a simulated disk: work, crashes, starts; all of it from a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.disk import DiskError, DiskFault, Operation
from natsim.broker.effects import Sync
from natsim.broker.events import Synced
from natsim.harness.entropy import Source
from natsim.harness.sim.clock import HeapClock
from natsim.harness.sim.disk import SimDisk
from natsim.harness.sim.disk_faults import PowerCut

from .append_log import Acknowledged, AppendLog, Broken, Damaged, LogEffect, Ready, Refused
from .witness import Anomaly, Witness

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.events import SyncFailed

PROCESSES = (3, 6)
RECORDS_MAX = 40
GAP_NS = 1_500_000
PAYLOAD_BYTES_MAX = 700
SETTLE_NS = 5_000_000_000
_FAULTY = (Operation.APPEND, Operation.SYNC, Operation.PREAD, Operation.RENAME, Operation.CREATE)


class _Exited(Exception):
    """The process gave up by itself."""


class Life:
    """One log, one disk, several processes after each other."""

    def __init__(self, seed: int) -> None:
        self._source = Source(seed, "life")
        self.clock = HeapClock()
        self.disk = SimDisk(seed, "n1", self.clock)
        self.witness = Witness()
        self.power_cuts = 0
        self.failed_syncs = 0
        self._log = AppendLog(self.disk)
        self._process = 0

    def play(self) -> list[Anomaly]:
        """Live it; give what was broken."""
        for _ in range(self._source.between(*PROCESSES)):
            self._live_dangerously()
        # Then nothing goes wrong: all is answered, and is there after the power.
        for _ in range(2):
            if not self._live(1 + self._source.below(RECORDS_MAX), SETTLE_NS):
                self.witness.unreadable("the process ended without a fault")
            self.witness.settled()
            self._crash(is_power=True)
        return self.witness.anomalies

    def _live_dangerously(self) -> None:
        draw = self._source.below
        latency_ns = (draw(20_000_000), 20_000_000) if draw(4) == 0 else None
        capacity_bytes = 4_000 + draw(20_000) if draw(6) == 0 else None
        if latency_ns:
            self.disk.slow(latency_ns)
        if capacity_bytes:
            self.disk.limit(capacity_bytes)
        if draw(3) == 0:
            fault = DiskFault.FULL if draw(3) == 0 else DiskFault.IO
            self.disk.fail(_FAULTY[draw(len(_FAULTY))], fault, draw(15), 1 + draw(2))
        is_power = draw(4) > 0
        if is_power and draw(2):
            self.disk.cut_power_at(1 + draw(100))
        if self._live(draw(RECORDS_MAX), draw(RECORDS_MAX * GAP_NS)):
            self._crash(is_power)
        self.disk.forget_failures()
        if latency_ns:
            self.disk.unslow(latency_ns)
        if capacity_bytes:
            self.disk.unlimit(capacity_bytes)

    def _live(self, records: int, for_ns: int) -> bool:
        """Let a process run for a time; False if it ended by itself or for want of power."""
        end_ns = self.clock.now_ns + for_ns
        self._log = AppendLog(self.disk)
        at_ns = self.clock.now_ns
        for _ in range(records):
            at_ns += self._source.below(GAP_NS) if self._source.below(3) else 0
            self.clock.call_at(at_ns, self._if_alive(self._append))
        try:
            self._do(self._log.start())
            while (next_ns := self.clock.next_ns()) is not None and next_ns <= end_ns:
                self.clock.advance(next_ns)
            self.clock.advance(end_ns)
        except PowerCut:
            self._crash(is_power=True)
        except (DiskError, _Exited):
            self._crash(is_power=False)
        except Damaged as error:
            self.witness.unreadable(str(error))
            self._crash(is_power=False)
        else:
            return True
        return False

    def _if_alive(self, action: Callable[[], None]) -> Callable[[], None]:
        process = self._process

        def act() -> None:
            if process == self._process:
                action()

        return act

    def _crash(self, is_power: bool) -> None:
        self._process += 1
        self.witness.crashed()
        if is_power:
            self.power_cuts += 1
            self.disk.power()
        else:
            self.disk.kill()

    def _append(self) -> None:
        number = self.witness.offered_count
        size = self._source.below(PAYLOAD_BYTES_MAX)
        payload = number.to_bytes(8, "big") + self._source.octets(size)
        self.witness.offered(payload)
        self._do(self._log.append(payload))

    def _answer(self, event: Synced | SyncFailed) -> None:
        if isinstance(event, Synced):
            self._do(self._log.on_synced(event))
        else:
            self.failed_syncs += 1
            self._do(self._log.on_sync_failed(event))

    def _do(self, effects: list[LogEffect]) -> None:
        for effect in effects:
            match effect:
                case Sync():
                    self.disk.sync(effect, self._answer)
                case Acknowledged(_, payload):
                    self.witness.acknowledged(payload)
                case Refused(payload):
                    self.witness.refused(payload)
                case Ready(payloads):
                    self.witness.started(payloads)
                case Broken():
                    raise _Exited
