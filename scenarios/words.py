"""The words of faults and of guarantees: those there are, and those of other versions."""

from .mistake import RuleError, shortened
from .suggest import listing, suggestion
from .written import mapping_of

GUARANTEES = (
    "at-most-once",
    "publisher-order",
    "wildcard-routing",
    "queue-group",
    "completeness",
    "request-reply",
)
GUARANTEES_LATER = ("at-least-once", "log-order", "redelivery", "durable-resume", "converges")

FAULTS = ("partition", "kill", "pause", "slow-link")
FAULTS_LATER = (
    "bandwidth", "clock-drift", "clock-jump", "clog", "corrupt", "disk-full", "drop", "duplicate",
    "exit", "isolate", "lame-duck", "lossy", "power", "reload", "reorder", "slow-disk", "stop",
)  # fmt: skip
NOTHING = "nothing"
RANDOM_FAULTS = ("pause", "slow-link", "kill", "partition", NOTHING)


def check_guarantee(raw: object) -> str:
    """Return the name of a checker, or raise RuleError."""
    mapping = mapping_of(raw)
    if mapping is not None and len(mapping) == 1:  # {converges: {within: 5s}}
        raw = next(iter(mapping))
    return _checked(raw, GUARANTEES, GUARANTEES_LATER)


def check_random_fault(raw: object) -> str:
    """Return a word of `one of`, or raise RuleError."""
    return _checked(raw, RANDOM_FAULTS, FAULTS_LATER)


def fault_advice(word: str) -> str:
    """Say what to write instead of a word that is no fault."""
    if word in FAULTS_LATER:
        return f"{word} is not in this version; write one of {listing(FAULTS)}"
    return f"{shortened(word)} is not a fault; {suggestion(word, FAULTS)}"


def _checked(raw: object, known: tuple[str, ...], later: tuple[str, ...]) -> str:
    if not isinstance(raw, str):
        raise RuleError(raw, f"write one of {listing(known)}")
    if raw in later:
        raise RuleError(raw, f"{raw} is not in this version; write one of {listing(known)}")
    if raw not in known:
        raise RuleError(raw, suggestion(raw, known))
    return raw
