"""When things begin and end: all before the duration is over."""

from .document import Place
from .inspection import Inspection
from .quantity import format_duration


def check_until(from_ns: int, until_ns: int | None, place: Place, look: Inspection) -> None:
    """Check that something begins in time, ends after it began, and by the end of the duration.

    place: of the mapping that has `from` and `until`; until_ns is None where it is not written.
    """
    if not look.is_in_time(from_ns, (*place, "from"), "it begins") or until_ns is None:
        return
    end = format_duration(until_ns)
    if until_ns <= from_ns:
        begin = format_duration(from_ns)
        text = f"until is {end}, but it begins at {begin}; write more than {begin}"
        look.wrong_value((*place, "until"), text)
    if look.duration_ns is not None and until_ns > look.duration_ns:
        duration = format_duration(look.duration_ns)
        text = f"until is {end}, but the duration is {duration}; write {duration} or less"
        look.wrong_value((*place, "until"), text)


def check_fault_end(at_ns: int, for_ns: int, place: Place, look: Inspection) -> None:
    """Check that a fault begins before the duration is over, and ends by then.

    place: of how long it lasts; `at` stands beside it.
    """
    if not look.is_in_time(at_ns, (*place[:-1], "at"), "the fault begins"):
        return
    if look.duration_ns is not None and at_ns + for_ns > look.duration_ns:
        over, duration = format_duration(at_ns + for_ns), format_duration(look.duration_ns)
        room = format_duration(look.duration_ns - at_ns)
        text = f"the fault ends at {over}, but the duration is {duration}; write {room} or less"
        look.wrong_value(place, text)
