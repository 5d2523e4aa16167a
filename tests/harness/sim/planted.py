"""Bugs planted in the simulated world: each makes it do what no kernel does.

caught_by names parity probes, by their situation, and tests of this folder, as `file:test`.
"""

from __future__ import annotations

from typing import Any

from natsim.harness.mutants.mutant import Function, Mutant
from natsim.harness.sim.tcp import Burst

_STREAM = "natsim.harness.sim.tcp:Stream"
_ENDPOINT = "natsim.harness.sim.tcp:Endpoint"
_TRANSPORT = "natsim.harness.sim.transport:SimTransport"
_DIRECTION = "natsim.harness.sim.link:Direction"


def _nothing(_: Function) -> Function:
    def nothing(self: Any, *args: Any) -> None:
        del self, args

    return nothing


def _overtake(original: Function) -> Function:
    def launch(self: Any, burst: Burst, at_ns: int) -> None:
        self._last_arrival_ns = 0
        original(self, burst, at_ns)

    return launch


def _launch_twice(original: Function) -> Function:
    def launch(self: Any, burst: Burst, at_ns: int) -> None:
        original(self, burst, at_ns)
        original(self, burst, at_ns)

    return launch


def _lose_a_byte_at_a_split(original: Function) -> Function:
    def take(self: Any) -> bytes:
        data: bytes = original(self)
        if self._unread:
            self._unread[0] = self._unread[0][1:]
            self._unread_bytes -= 1
        return data

    return take


def _fin_first(original: Function) -> Function:
    def finish(self: Any) -> None:
        original(self)
        self._is_fin_sent = True
        self._launch(Burst(self.offset, b"", is_first=False, has_fin=True), self.network.now_ns)

    return finish


def _farewell_without_power(_: Function) -> Function:
    def cease(self: Any) -> None:
        self.abandon()

    return cease


def _run_on(_: Function) -> Function:
    def park(self: Any) -> None:
        self.world.keep(self)

    return park


def _eat_what_arrived(original: Function) -> Function:
    def break_off(self: Any, error: OSError) -> None:
        self._unread = []
        self._unread_bytes = 0
        original(self, error)

    return break_off


def _hear_without_reading(_: Function) -> Function:
    def broken(self: Any) -> None:
        self._force_close(ConnectionResetError(104, "Connection reset by peer"))

    return broken


def _close_at_eof(_: Function) -> Function:
    def end_reading(self: Any) -> None:
        self._protocol.eof_received()
        self.close()

    return end_reading


def _acknowledge_through_a_cut(original: Function) -> Function:
    def changed(self: Any) -> None:
        original(self)
        self.ack_ns = 0

    return changed


def _drop_in_a_clog(original: Function) -> Function:
    def carry(self: Any, size: int, delay_ns: int, launch: Any) -> None:
        if not self.is_clogged:
            original(self, size, delay_ns, launch)

    return carry


def _carry_at_once(original: Function) -> Function:
    def carry(self: Any, size: int, delay_ns: int, launch: Any) -> None:
        if self.is_clogged:
            original(self, size, delay_ns, launch)
        else:
            launch(self._clock.now_ns + delay_ns)

    return carry


def _vanish_at_close(_: Function) -> Function:
    def close(self: Any) -> None:
        self.vanish()

    return close


def _mutant(name: str, sentence: str, target: str, make: Any, *caught_by: str) -> Mutant:
    return Mutant(name=name, sentence=sentence, target=target, make=make, caught_by=caught_by)


SIMULATOR_MUTANTS: dict[str, Mutant] = {
    mutant.name: mutant
    for mutant in (
        _mutant(
            "overtake", "A burst with less latency overtakes those before it.",
            f"{_STREAM}._launch", _overtake, "test_tcp:test_jitter_never_reorders_a_stream",
        ),
        _mutant(
            "launch-twice", "A segment arrives twice.",
            f"{_STREAM}._launch", _launch_twice, "bytes go both ways",
        ),
        _mutant(
            "lose-a-byte-at-a-split", "A read that does not take all loses a byte.",
            f"{_ENDPOINT}._take", _lose_a_byte_at_a_split,
            "megabytes both ways at once",
            "test_wire:test_a_choppy_wire_splits_down_to_one_byte_and_lets_bursts_run_together",
        ),
        _mutant(
            "fin-first", "FIN leaves before the bytes that wait.",
            f"{_STREAM}.finish", _fin_first,
            "test_wire:test_an_end_waits_behind_the_bytes_that_a_window_holds_back",
        ),
        _mutant(
            "no-reset", "An RST is never sent.",
            f"{_STREAM}.reset", _nothing,
            "a close with unread bytes is a reset",
            "bytes for a closed socket are answered by a reset",
        ),
        _mutant(
            "window-stays-shut", "A window that opened again is not used.",
            f"{_STREAM}._go_on", _nothing,
            "a writer pauses and resumes",
            "test_wire:test_a_window_that_opens_is_heard_of_after_the_latency",
        ),
        _mutant(
            "never-again", "What was lost is not sent again.",
            f"{_STREAM}._retry", _nothing,
            "test_wire:test_what_is_lost_is_sent_again_in_order_and_once",
        ),
        _mutant(
            "farewell-without-power", "A machine that loses power closes its sockets.",
            f"{_ENDPOINT}.cease", _farewell_without_power,
            "test_crashes:test_a_machine_without_power_says_nothing_for_ever",
        ),
        _mutant(
            "run-on", "The timers of a killed process fire.",
            "natsim.harness.sim.loop:SimLoop.park", _run_on,
            "test_node:test_a_killed_process_lets_no_timer_fire",
        ),
        _mutant(
            "pause-nothing", "A paused process runs on.",
            "natsim.harness.sim.loop:SimLoop.pause", _nothing,
            "a stopped program holds its writer back",
        ),
        _mutant(
            "eat-what-arrived", "An RST takes what had arrived before it.",
            f"{_ENDPOINT}.break_off", _eat_what_arrived,
            "words before a reset are heard when reading goes on",
            "a killed program has spoken before its reset",
        ),
        _mutant(
            "hear-without-reading", "A process hears of an RST though it does not read.",
            f"{_TRANSPORT}.broken", _hear_without_reading,
            "a reset is not noticed without reading",
        ),
        _mutant(
            "close-at-eof", "A half close closes the whole connection.",
            f"{_TRANSPORT}._end_reading", _close_at_eof,
            "a half close lets the other half speak",
        ),
        _mutant(
            "no-fin", "A close is not told to the peer.",
            f"{_ENDPOINT}.close", _vanish_at_close, "a close is an end for both",
        ),
        _mutant(
            "clog-drops", "What is sent into a clog is lost.",
            f"{_DIRECTION}.carry", _drop_in_a_clog,
            "test_wire:test_a_clog_delays_where_a_cut_drops",
        ),
        _mutant(
            "acknowledge-through-a-cut", "Acknowledgements pass where nothing passes.",
            f"{_DIRECTION}._changed", _acknowledge_through_a_cut,
            "test_wire:test_a_sender_who_hears_no_acknowledgement_gives_up_though_all_was_read",
        ),
        _mutant(
            "any-rate", "A wire carries any number of bytes at once.",
            f"{_DIRECTION}.carry", _carry_at_once,
            "test_wire:test_bytes_take_the_time_that_the_rate_says",
        ),
    )
}  # fmt: skip
