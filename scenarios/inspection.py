"""What the checks of one file share: its marks, its names, and the mistakes they find."""

from collections.abc import Mapping, Sequence
from copy import copy

from .document import Document, Place
from .limits import CLIENTS_MAX, MISTAKES_MAX
from .mistake import Mistake, RuleError, shortened, shown
from .names import check_name, expand_names
from .quantity import format_duration
from .suggest import listing, suggestion


class Inspection:
    """One look through a file after its parts were found to fit.

    document: what fits. is_whole: that is all of the file; what asks for the sum of its parts is
    asked only then. duration_ns: None when it is not known, then nothing is too late.
    servers, clients: every good name of the whole file, also of parts that do not fit; clients with
    the server they are at, "" when it is not known. After CLIENTS_MAX no more are read.
    """

    __slots__ = ("clients", "document", "duration_ns", "is_whole", "mistakes", "servers")

    def __init__(
        self, document: Document, whole: Document, *, is_whole: bool, duration_ns: int | None
    ) -> None:
        self.document = document
        self.is_whole = is_whole
        self.duration_ns = duration_ns
        self.mistakes: list[Mistake] = []
        self.servers = _servers(whole)
        self.clients = _clients(whole)

    def through(self, document: Document) -> "Inspection":
        """Return the same look at another document: same names, same mistakes, other marks."""
        other = copy(self)
        other.document = document
        return other

    def wrong_value(self, place: Place, text: str) -> None:
        """Note a mistake about a value; text is the whole sentence."""
        self.mistakes.append(self.document.wrong_value(place, text))

    def wrong_key(self, place: Place, text: str) -> None:
        """Note a mistake about a key; text is the whole sentence."""
        self.mistakes.append(self.document.wrong_key(place, text))

    def broken_rule(self, place: Place, error: RuleError) -> None:
        """Note a mistake about a value that breaks a rule."""
        self.wrong_value(place, f"{place[-1]} is {shown(error.value)}; {error.rule}")

    def no_repeats(self, items: Sequence[str | int], place: Place) -> None:
        """Note a mistake for each item of a list that stood there before."""
        seen: set[str | int] = set()
        for number, item in enumerate(items):
            if item in seen:
                self.wrong_value((*place, number), f"{item} is written twice; keep one")
            seen.add(item)

    def is_server(self, name: str, place: Place) -> bool:
        """Tell whether a name is a server's; note a mistake if not."""
        if name in self.servers:
            return True
        if name in self.clients:
            text = f"{name} is a client; write a server, one of {listing(self.servers)}"
            self.wrong_value(place, text)
        else:
            self._unknown(name, place, "server", self.servers)
        return False

    def is_node(self, name: str, place: Place) -> bool:
        """Tell whether a name is a server's or a client's; note a mistake if not."""
        if name in self.servers or name in self.clients:
            return True
        self._unknown(name, place, "node", [*self.servers, *self.clients])
        return False

    def is_in_time(self, ns: int, place: Place, what: str) -> bool:
        """Tell whether something happens while the duration lasts; note a mistake if not.

        what: names it in the sentence, `the fault begins`.
        """
        if self.duration_ns is None or ns < self.duration_ns:
            return True
        late, end = format_duration(ns), format_duration(self.duration_ns)
        self.wrong_value(place, f"{what} at {late}, but the duration is {end}; write less")
        return False

    def advice(self, word: str, known: Sequence[str]) -> str:
        """Say which of the known words to write instead; known is never empty."""
        # To look for near words takes milliseconds where there are a thousand.
        if len(self.mistakes) > MISTAKES_MAX:
            return f"write one of {listing(known)}"
        return suggestion(word, known)

    def _unknown(self, name: str, place: Place, noun: str, known: Sequence[str]) -> None:
        advice = self.advice(name, known) if known else "name one under servers"
        self.wrong_value(place, f"there is no {noun} {shortened(name)}; {advice}")


def _servers(whole: Document) -> tuple[str, ...]:
    servers = whole.at(("servers",))
    return tuple(filter(_is_name, servers)) if isinstance(servers, dict) else ()


def _is_name(text: str) -> bool:
    try:
        check_name(text)
    except RuleError:
        return False
    return True


def _clients(whole: Document) -> Mapping[str, str]:
    clients: dict[str, str] = {}
    written = whole.at(("clients",))
    for key, client in written.items() if isinstance(written, dict) else ():
        at = client.get("at") if isinstance(client, dict) else None
        try:
            names = expand_names(key)
        except RuleError:
            continue
        for name in names:
            clients.setdefault(name, at if isinstance(at, str) else "")
        if len(clients) > CLIENTS_MAX:
            break
    return clients
