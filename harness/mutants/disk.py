"""Bugs planted in the simulated disk: each lets programs get away with something, or wrongs them.

`caught_by` names tests of tests/harness/disk/test_power.py.
"""

from __future__ import annotations

from typing import Any

from natsim.harness.sim.disk_entries import Move

from .mutant import Function, Mutant

_FILE = "natsim.harness.sim.disk_file:SimFile"
_ENTRIES = "natsim.harness.sim.disk_entries:Entries"
_DISK = "natsim.harness.sim.disk:SimDisk"


def _keep_the_unsynced(_: Function) -> Function:
    def resolve(self: Any, changes: list[Any], number: int) -> bytearray:
        del number
        image = bytearray(self.durable)
        for change in changes:
            image[change.offset :] = change.chunk
        return image

    return resolve


def _lose_the_synced(_: Function) -> Function:
    def sync(self: Any, serial: int) -> None:
        self._take(serial)

    return sync


def _sync_what_came_later(original: Function) -> Function:
    def sync(self: Any, serial: int) -> None:
        del serial
        original(self, 1 << 62)

    return sync


def _tear_the_synced(original: Function) -> Function:
    def power(self: Any, number: int) -> None:
        has_unsynced = bool(self._pending)
        start = len(self.durable)
        original(self, number)
        if has_unsynced and 0 < start <= len(self.durable):
            self.durable[start - 1] ^= 1
            self.cached = bytearray(self.durable)

    return power


def _try_again(_: Function) -> Function:
    def fail_sync(self: Any, serial: int, number: int) -> None:
        del self, serial, number

    return fail_sync


def _rot_nothing(_: Function) -> Function:
    def rot(self: Any, offset: int, bit: int) -> None:
        del self, offset, bit

    return rot


def _never_garble(_: Function) -> Function:
    def garbled(self: Any, new: bytes, number: int, at: int) -> bytes:
        del self, number, at
        return new

    return garbled


def _rename_in_two_strokes(original: Function) -> Function:
    def move(self: Any, move: Move) -> None:
        if move.old is None or move.new is None:
            original(self, move)
            return
        self.files.pop(move.new, None)
        original(self, Move(move.serial, move.file, None, move.new))
        # Between two whole serials there is room for one more.
        original(self, Move(-move.serial, move.file, move.old, None))

    return move


def _keep_all_names(_: Function) -> Function:
    def power(self: Any, number: int) -> None:
        del number
        self.sync(list(self._pending), self.directories)

    return power


def _leave_the_old_name(original: Function) -> Function:
    def power(self: Any, number: int) -> None:
        for serial, move in self._pending.items():
            if move.old is not None and move.new is not None:
                self._pending[serial] = Move(serial, move.file, None, move.new)
        original(self, number)

    return power


def _forget_the_poison(_: Function) -> Function:
    def fail(self: Any, under_way: Any) -> None:
        del self, under_way

    return fail


def _kill_the_cache(original: Function) -> Function:
    def kill(self: Any) -> None:
        original(self)
        for _, file in self._entries.durable:
            file.cached = bytearray(file.durable)

    return kill


def _answer_the_dead(original: Function) -> Function:
    def end(self: Any, under_way: Any, answer: Any) -> None:
        under_way.process = self._process
        original(self, under_way, answer)

    return end


def _cut_after_the_call(original: Function) -> Function:
    def check_power(self: Any, call: int) -> None:
        original(self, call - 1)

    return check_power


_ROWS: tuple[tuple[str, str, str, Any, tuple[str, ...]], ...] = (
    (
        "keep-the-unsynced",
        "All bytes outlive the power.",
        f"{_FILE}._resolve",
        _keep_the_unsynced,
        ("test_what_is_not_synced_is_applied_dropped_truncated_or_garbled",),
    ),
    (
        "lose-the-synced",
        "A sync is answered and keeps nothing.",
        f"{_FILE}.sync",
        _lose_the_synced,
        ("test_what_is_synced_is_there_after_the_power",),
    ),
    (
        "sync-what-came-later",
        "A sync keeps what was written while it was under way.",
        f"{_FILE}.sync",
        _sync_what_came_later,
        ("test_a_sync_keeps_what_was_done_before_it_and_no_more",),
    ),
    (
        "tear-the-synced",
        "A lost write takes a synced byte beside it along.",
        f"{_FILE}.power",
        _tear_the_synced,
        ("test_a_power_cut_harms_no_bytes_that_were_synced",),
    ),
    (
        "try-again",
        "What a sync could not write is written by the next.",
        f"{_FILE}.fail_sync",
        _try_again,
        ("test_a_kernel_never_tries_again_what_it_could_not_write",),
    ),
    (
        "rot-nothing",
        "Rot changes no bit.",
        f"{_FILE}.rot",
        _rot_nothing,
        ("test_rot_flips_bits_of_what_is_durable",),
    ),
    (
        "never-garble",
        "What is not synced is never garbled.",
        f"{_FILE}._garbled",
        _never_garble,
        ("test_what_is_not_synced_is_applied_dropped_truncated_or_garbled",),
    ),
    (
        "rename-in-two-strokes",
        "A rename may be kept by half.",
        f"{_ENTRIES}.move",
        _rename_in_two_strokes,
        ("test_a_rename_is_whole_or_has_not_been",),
    ),
    (
        "keep-all-names",
        "All names outlive the power.",
        f"{_ENTRIES}.power",
        _keep_all_names,
        (
            "test_each_name_is_kept_or_lost_for_itself",
            "test_a_name_may_be_lost_though_its_bytes_were_synced",
        ),
    ),
    (
        "leave-the-old-name",
        "After the power a renamed file may have both its names.",
        f"{_ENTRIES}.power",
        _leave_the_old_name,
        ("test_a_rename_is_whole_or_has_not_been",),
    ),
    (
        "forget-the-poison",
        "After a failed sync a file takes more.",
        f"{_DISK}._fail",
        _forget_the_poison,
        ("test_a_file_whose_sync_failed_is_poisoned",),
    ),
    (
        "kill-the-cache",
        "A kill loses the page cache.",
        f"{_DISK}.kill",
        _kill_the_cache,
        ("test_a_kill_loses_nothing",),
    ),
    (
        "answer-the-dead",
        "A sync goes on without the process that asked for it.",
        f"{_DISK}._end",
        _answer_the_dead,
        ("test_a_process_that_is_gone_is_answered_nothing",),
    ),
    (
        "cut-after-the-call",
        "The call at which the power is cut still happens.",
        "natsim.harness.sim.disk_faults:DiskFaults.check_power",
        _cut_after_the_call,
        ("test_the_power_is_cut_at_a_call_which_never_happens",),
    ),
)

DISK_MUTANTS: dict[str, Mutant] = {
    name: Mutant(name=name, sentence=sentence, target=target, make=make, caught_by=caught_by)
    for name, sentence, target, make, caught_by in _ROWS
}
