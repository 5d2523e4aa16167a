"""The sentences a report opens with. They claim what the files say and nothing more."""

from collections.abc import Sequence

from .document import Fault, Guarantee, Unreached, VerdictWord
from .quantity import count, counted, listed

_SHOWN_MAX = 4


def verdict_sentence(
    verdict: VerdictWord, guarantees: Sequence[Guarantee], names: Sequence[tuple[str, int]]
) -> str:
    """Say the verdict in one sentence, without its final stop.

    names: of the anomalies, with how often each was found, most important first.
    """
    if not guarantees:
        return f"{verdict}: no verdict of any checker was recorded"
    broken = [item for item in guarantees if item.verdict == "invalid"]
    if broken:
        whole = f"{count(len(broken))} of {counted(len(guarantees), 'guarantee')}"
        checkers = _few([item.checker for item in broken], len(broken), "and")
        return f"{verdict}: {whole} broken, {checkers}{_found(guarantees, names)}"
    held = [item for item in guarantees if item.verdict == "valid"]
    said = f"{verdict}: {counted(len(held), 'guarantee')} held"
    open_ones = [item for item in guarantees if item.verdict == "unknown"]
    vacuous = [item.checker for item in open_ones if not item.checked]
    if vacuous:
        said += f"; nothing to check for {_few(vacuous, len(vacuous), 'and')}"
    undecided = [item.checker for item in open_ones if item.checked]
    if undecided:
        said += f"; {_few(undecided, len(undecided), 'and')} could not be decided"
    return said + _losses(guarantees)


def unreached_sentence(unreached: Unreached, faults: Sequence[Fault]) -> str:
    """Say how many messages of a whole history no subscription saw, and when that was."""
    if not unreached.count:
        whole = counted(unreached.of, "published message")
        return f"{count(unreached.of)} of {whole} reached a subscription."
    messages = f"{count(unreached.count)} of {counted(unreached.of, 'published message')}"
    kinds = {fault.id: fault.kind for fault in faults}
    names = [f"{name} {kinds.get(name, '')}".strip() for name in unreached.faults]
    lasted = _few(names, len(names), "or")
    parts = [
        (unreached.during_faults, f"while {lasted} lasted"),
        (unreached.while_disconnected, "while a client had lost its connection"),
        (unreached.otherwise, "at other times"),
    ]
    parts = [part for part in parts if part[0]]
    if len(parts) == 1 and not unreached.otherwise:
        whole = "all " if unreached.count > 1 else ""
        return f"{messages} reached no subscription, {whole}published {parts[0][1]}."
    said = ", ".join(f"{count(number)} published {when}" for number, when in parts)
    return f"{messages} reached no subscription: {said}."


def unreached_yet_sentence(unreached: Unreached) -> str:
    """Say how many messages no subscription had seen when a history breaks off."""
    messages = f"{count(unreached.count)} of {counted(unreached.of, 'published message')}"
    return f"{messages} had reached no subscription when the history breaks off."


def fault_sentence(faults: Sequence[Fault], began_count: int) -> str:
    """Say which faults there were; began_count: of them all, however few are listed."""
    began = [f"{fault.id} {fault.kind}" for fault in faults if fault.begin_ns is not None]
    if not began:
        return "No fault was recorded."
    return f"{counted(began_count, 'fault')}: {_few(began, began_count, 'and')}."


def _found(guarantees: Sequence[Guarantee], names: Sequence[tuple[str, int]]) -> str:
    if not names:
        return ""
    listed_count = sum(number for _, number in names)
    are_all = listed_count >= sum(item.anomaly_count for item in guarantees)
    bound = "" if are_all else "at least "
    found = [f"{name} {bound}{_times(number)}" for name, number in names]
    return f"; found {_few(found, len(found), 'and')}"


def _losses(guarantees: Sequence[Guarantee]) -> str:
    # Checkers may count the same message each on their own, so their counts are never added.
    most = max(guarantees, key=lambda item: item.legal_losses)
    if not most.legal_losses:
        return ""
    lost = f"{counted(most.legal_losses, 'message')} lost in ways NATS allows"
    return f"; {lost}, as {most.checker} counts"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{count(number)} times")


def _few(words: list[str], total: int, last: str) -> str:
    """List the first of total words."""
    if total <= _SHOWN_MAX:
        return listed(words, last)
    return f"{', '.join(words[:_SHOWN_MAX])} {last} {count(total - _SHOWN_MAX)} more"
