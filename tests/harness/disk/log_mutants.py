"""Bugs planted in the append log: each breaks one rule of writing to a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from natsim.broker.effects import Sync
from natsim.harness.mutants.mutant import Mutant

from .append_log import Acknowledged, Segment, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.harness.mutants.mutant import Function

_LOG = "tests.harness.disk.append_log:AppendLog"


def _acknowledge_before_the_sync(original: Function) -> Function:
    def write_waiting(self: Any) -> list[Any]:
        first = self.next_sequence
        effects: list[Any] = original(self)
        return [*_acknowledgements(self, first), *effects]

    return write_waiting


def _acknowledgements(log: Any, first: int) -> list[Acknowledged]:
    """Acknowledge all that is written, from a sequence on."""
    log._acknowledged = len(log._payloads)
    return [Acknowledged(n, log._payloads[n - 1]) for n in range(first, log.next_sequence)]


def _sync_without_the_directory(original: Function) -> Function:
    def sync_segment(self: Any) -> Sync:
        sync: Sync = original(self)
        return Sync(sync.ticket, sync.files, ())

    return sync_segment


def _sync_the_directory_alone(original: Function) -> Function:
    def sync_segment(self: Any) -> Sync:
        sync: Sync = original(self)
        return Sync(sync.ticket, (), ("",))

    return sync_segment


def _trust_any_answer_for_the_name(original: Function) -> Function:
    def acknowledge(self: Any, segment: Segment, covered: int) -> list[Any]:
        self._is_entry_synced = True
        effects: list[Any] = original(self, segment, covered)
        return effects

    return acknowledge


def _acknowledge_all_that_is_written(original: Function) -> Function:
    def acknowledge(self: Any, segment: Segment, covered: int) -> list[Any]:
        del covered
        effects: list[Any] = original(self, segment, len(self._payloads))
        return effects

    return acknowledge


def _take_a_failed_sync_for_a_good_one(_: Function) -> Function:
    def on_sync_failed(self: Any, event: Any) -> list[Any]:
        effects: list[Any] = self.on_synced(event)
        return effects

    return on_sync_failed


def _go_on_after_a_failed_sync(original: Function) -> Function:
    def on_sync_failed(self: Any, event: Any) -> list[Any]:
        if self._step is not Step.READY:
            effects: list[Any] = original(self, event)
            return effects
        # The file is poisoned: the log goes on in another, and thinks that the rest was kept.
        acknowledged = _acknowledgements(self, self._acknowledged + 1)
        self._begin_segment()
        return list(acknowledged)

    return on_sync_failed


def _ignore_errors_of_writes(original: Function) -> Function:
    def write(self: Any, payload: bytes) -> bool:
        if not original(self, payload):
            self._payloads.append(payload)
        return True

    return write


def _never(value: object) -> Callable[[Function], Function]:
    def make(_: Function) -> Function:
        def answer(self: Any, *_: Any) -> object:
            del self
            return value

        return answer

    return make


def _believe_any_checksum(_: Function) -> Function:
    def checksum(self: Any, sequence: int, payload: bytes) -> int:
        del self, sequence, payload
        return 0

    return checksum


def _keep_the_torn_tail(_: Function) -> Function:
    def write_draft(self: Any) -> None:
        disk = self._disk
        disk.create("draft")
        if self._old:
            name = self._old[-1].name
            content = disk.pread(name, 0, disk.size(name))
            disk.append("draft", content)
            self._segment_bytes = len(content)

    return write_draft


def _name_the_draft_before_its_sync(_: Function) -> Function:
    def sync_draft(self: Any) -> list[Any]:
        self._disk.rename("draft", self._segment.name)
        self._step = Step.NAMED
        return [self._sync((self._segment.name,), ("",))]

    return sync_draft


def _remove_the_old_before_the_new_is_kept(original: Function) -> Function:
    def on_draft_synced(self: Any) -> list[Any]:
        for segment in self._superseded():
            self._disk.remove(segment.name)
        self._old = []
        effects: list[Any] = original(self)
        return effects

    return on_draft_synced


def _be_ready_before_the_copy_is_kept(_: Function) -> Function:
    def sync_draft(self: Any) -> list[Any]:
        self._disk.rename("draft", self._segment.name)
        effects: list[Any] = self._become_ready()
        self._is_entry_synced = False
        return effects

    return sync_draft


def _go_on_in_the_old_segment(original: Function) -> Function:
    def start(self: Any) -> list[Any]:
        segments = self._segments()
        if not segments:
            effects: list[Any] = original(self)
            return effects
        self._payloads = self._read_all(segments)
        self._segment = segments[-1]
        kept = self._payloads[self._segment.first - 1 :]
        self._segment_bytes = sum(16 + len(payload) for payload in kept)
        self._disk.truncate(self._segment.name, self._segment_bytes)
        self._step = Step.NAMED
        return [self._sync((self._segment.name,), ("",))]

    return start


MUTANTS: dict[str, Mutant] = {
    name: Mutant(
        name=name,
        sentence=sentence,
        target=f"{_LOG}.{method}",
        make=make,
        caught_by=caught_by,
    )
    for name, sentence, method, make, caught_by in (
        (
            "acknowledge-before-the-sync",
            "A record is acknowledged when it is written.",
            "_write_waiting",
            _acknowledge_before_the_sync,
            ("lost",),
        ),
        (
            "sync-without-the-directory",
            "A new segment's name is never synced.",
            "_sync_segment",
            _sync_without_the_directory,
            ("lost",),
        ),
        (
            "sync-the-directory-alone",
            "Names are synced, bytes are not.",
            "_sync_segment",
            _sync_the_directory_alone,
            ("lost", "unreadable"),
        ),
        (
            "trust-any-answer-for-the-name",
            "A late answer about the old segment is taken for one about the new one's name.",
            "_acknowledge",
            _trust_any_answer_for_the_name,
            ("lost",),
        ),
        (
            "acknowledge-all-that-is-written",
            "An answer is taken for all that is written by then.",
            "_acknowledge",
            _acknowledge_all_that_is_written,
            ("lost",),
        ),
        (
            "take-a-failed-sync-for-a-good-one",
            "A failed sync acknowledges as a good one does.",
            "on_sync_failed",
            _take_a_failed_sync_for_a_good_one,
            ("lost",),
        ),
        (
            "go-on-after-a-failed-sync",
            "After a failed sync the log goes on in a new segment, and counts on the old one.",
            "on_sync_failed",
            _go_on_after_a_failed_sync,
            ("lost", "unreadable"),
        ),
        (
            "ignore-errors-of-writes",
            "A record that the disk did not take is kept as written.",
            "_write",
            _ignore_errors_of_writes,
            ("lost", "unreadable"),
        ),
        (
            "begin-a-segment-too-early",
            "A segment begins while the one before is not synced to its end.",
            "_must_wait",
            _never(False),
            ("unreadable", "lost"),
        ),
        (
            "believe-any-checksum",
            "Records have no checksum.",
            "_checksum",
            _believe_any_checksum,
            ("invented",),
        ),
        (
            "keep-the-torn-tail",
            "What is torn at the end of the log is copied, and written behind.",
            "_write_draft",
            _keep_the_torn_tail,
            ("lost", "unreadable"),
        ),
        (
            "name-the-draft-before-its-sync",
            "The copy takes the old segment's place before its bytes are synced.",
            "_sync_draft",
            _name_the_draft_before_its_sync,
            ("lost", "unreadable"),
        ),
        (
            "remove-the-old-before-the-new-is-kept",
            "The old segment is removed before the new one's name is synced.",
            "_on_draft_synced",
            _remove_the_old_before_the_new_is_kept,
            ("lost", "unreadable"),
        ),
        (
            "be-ready-before-the-copy-is-kept",
            "What was read is shown before it is durable.",
            "_sync_draft",
            _be_ready_before_the_copy_is_kept,
            ("lost", "unreadable"),
        ),
        (
            "go-on-in-the-old-segment",
            "What a new process reads is taken for durable once it was synced again.",
            "start",
            _go_on_in_the_old_segment,
            ("lost", "unreadable"),
        ),
        (
            "take-nothing-for-superseded",
            "Records of an older segment are read beside those that took their place.",
            "_supersede",
            _never(None),
            ("twice",),
        ),
    )
}
