"""The counts of a history, made in one pass.

Memory is bounded by the number of clients, servers and messages on their way, not by its length.
Source of the format: docs/reference/history.md.
"""

from collections.abc import Callable, Collection
from pathlib import Path

from .buckets import Buckets
from .fields import Json, Object, object_at, object_in, parse_json, text_at, whole_at
from .files import Files, last_lines, lines_of
from .legible import legible_json, legible_line
from .limits import (
    CLIENTS_MAX,
    DIGEST_MAX,
    ENTRIES_BYTES_MAX,
    ENTRY_BYTES_MAX,
    FAULTS_MAX,
    NAME_MAX,
    PHASES_MAX,
    SENTENCE_MAX,
    SERVERS_MAX,
    UNREACHED_MAX,
    WORDS_MAX,
)
from .quantity import counted
from .tally import ClientTally, FaultTally, MessageTally, ServerTally
from .words import in_words

SCHEMA = "natsim.history/1"

_FILE = "history.jsonl"
_ANSWER = "<"  # in the id of a message that answers a request
_SHORT_KEYS = ("i", "t", "type", "process", "op", "f")


class HistoryTally:
    """What a history amounts to.

    entries: those of the wanted indexes, as they are, while there is room. unreached: the messages
    that no subscription has seen, by id, of the expected ones that are no answers to requests;
    has_all_unreached turns False when there were too many to hold.
    The counts of clients and servers beyond the limits are kept together, in one tally each.
    """

    def __init__(self, end_ns: int, wanted: Collection[int]) -> None:
        self.buckets = Buckets(end_ns)
        self.clients: list[ClientTally] = []
        self.other_clients = ClientTally("")
        self.servers: list[ServerTally] = []
        self.other_servers = ServerTally("")
        self.faults: list[FaultTally] = []
        self.faults_left_out = 0
        self.phases: list[tuple[str, int]] = []
        self.entries: dict[int, Json] = {}
        self.unreached: dict[str, MessageTally] = {}
        self.has_all_unreached = True
        self.expected = 0
        self.entry_count = 0
        self.unreadable_lines = 0
        self.last_ns = 0
        self.plan_digest: str | None = None
        self._wanted = frozenset(wanted)
        self._entries_bytes = 0
        self._client_by_process: dict[str, ClientTally] = {}
        self._client_by_name: dict[str, ClientTally] = {}
        self._server_by_name: dict[str, ServerTally] = {}
        self._server_by_epoch: dict[str, ServerTally] = {}
        self._open_faults: dict[str, FaultTally] = {}
        self._takers: dict[str, Callable[[Object, int], None]] = {
            "invoke": self._take_invocation,
            "ok": self._take_ok,
            "fail": self._take_fail,
            "info": self._take_info,
            "observe": self._take_observation,
            "fault": self._take_fault,
            "phase": self._take_phase,
        }

    def take(self, entry: Object, size: int) -> bool:
        """Count one entry, whose line has size bytes. Say whether it was one."""
        t = whole_at(entry, "t")
        taker = self._takers.get(text_at(entry, "type") or "")
        if t is None or taker is None:
            return False
        i = whole_at(entry, "i")
        if i is None:
            i = self.entry_count
        if i in self._wanted:
            self._keep(i, entry, size)
        self.entry_count += 1
        self.last_ns = max(self.last_ns, t)
        taker(entry, t)
        return True

    def client_count(self) -> int:
        """Count the clients, those beyond the limit too."""
        return len(self._client_by_name)

    def server_count(self) -> int:
        """Count the servers, those beyond the limit too."""
        return len(self._server_by_name)

    def _keep(self, i: int, entry: Object, size: int) -> None:
        if size > ENTRY_BYTES_MAX:
            entry = {key: entry[key] for key in _SHORT_KEYS if key in entry} | {"shortened": True}
            size = ENTRY_BYTES_MAX
        if self._entries_bytes + size <= ENTRIES_BYTES_MAX:
            self._entries_bytes += size
            self.entries[i] = legible_json(dict(entry), SENTENCE_MAX)

    def _take_invocation(self, entry: Object, t: int) -> None:
        value = object_at(entry, "value")
        client = self._client(entry)
        epoch = text_at(value, "conn")
        match entry.get("f"):
            case "publish":
                client.publishes += 1
                self._count_published(client, epoch, t)
                if epoch is not None:
                    client.confirmation.publish(epoch)
                self._expect(text_at(value, "msg") or "", MessageTally(client, t, epoch))
            case "request":
                client.requests += 1
                self._count_published(client, epoch, t)
            case "flush":
                client.confirmation.begin_flush(text_at(entry, "op") or "", epoch or "")
            case _:
                pass

    def _take_ok(self, entry: Object, t: int) -> None:
        client = self._client(entry)
        match entry.get("f"):
            case "request":
                client.requests_ok += 1
                client.row.delivered[self.buckets.index(t)] += 1
            case "flush":
                client.confirmation.end_flush(text_at(entry, "op") or "", is_ok=True)
            case "connect":
                self._begin_epoch(client, object_at(entry, "value"), t)
            case "drain" | "close":
                client.connection.close(t)
            case _:
                pass

    def _take_fail(self, entry: Object, t: int) -> None:
        client = self._client(entry)
        match entry.get("f"):
            case "request":
                client.requests_failed += 1
            case "publish":
                client.refused += 1
                self._forget(text_at(entry, "op"))
            case "flush":
                client.confirmation.end_flush(text_at(entry, "op") or "", is_ok=False)
            case _:
                pass

    def _take_info(self, entry: Object, t: int) -> None:
        client = self._client(entry)
        match entry.get("f"):
            case "request":
                client.requests_timed_out += text_at(object_at(entry, "error"), "code") == "timeout"
            case "flush":
                client.confirmation.end_flush(text_at(entry, "op") or "", is_ok=False)
            case _:
                pass

    def _take_observation(self, entry: Object, t: int) -> None:
        client = self._client(entry)
        match entry.get("f"):
            case "deliver":
                client.deliveries += 1
                bucket = self.buckets.index(t)
                client.row.delivered[bucket] += 1
                server = self._server_by_epoch.get(text_at(entry, "conn") or "")
                if server is not None:
                    server.delivered += 1
                    server.row.delivered[bucket] += 1
                self.unreached.pop(text_at(entry, "msg") or "", None)
            case "connected":
                self._begin_epoch(client, entry, t)
            case "disconnected":
                client.connection.end(t)
            case "closed":
                client.connection.close(t)
            case "error":
                client.errors += 1
            case _:
                pass

    def _take_fault(self, entry: Object, t: int) -> None:
        fault = text_at(entry, "id") or ""
        achieved = legible_line(in_words(entry.get("achieved", "")), WORDS_MAX)
        tally = self._open_faults.pop(fault, None)
        if tally is None:
            kind = text_at(entry, "f") or "fault"
            tally = FaultTally(legible_line(fault, NAME_MAX), legible_line(kind, NAME_MAX), t)
            if len(self.faults) >= FAULTS_MAX:
                self.faults_left_out += 1
            else:
                self.faults.append(tally)
        if entry.get("phase") == "end":
            tally.end_ns, tally.achieved_end = t, achieved
        else:
            tally.achieved_begin = achieved
            self._open_faults[fault] = tally

    def _take_phase(self, entry: Object, t: int) -> None:
        if len(self.phases) < PHASES_MAX:
            self.phases.append((legible_line(text_at(entry, "phase") or "", NAME_MAX), t))

    def _count_published(self, client: ClientTally, epoch: str | None, t: int) -> None:
        bucket = self.buckets.index(t)
        client.row.published[bucket] += 1
        server = self._server_by_epoch.get(epoch or "")
        if server is not None:
            server.published += 1
            server.row.published[bucket] += 1

    def _expect(self, message: str, tally: MessageTally) -> None:
        # Who gets an answer is not observed: it goes to an inbox of the client's library.
        if not message or _ANSWER in message:
            return
        self.expected += 1
        if len(self.unreached) >= UNREACHED_MAX:
            self.has_all_unreached = False
        else:
            self.unreached[message] = tally

    def _forget(self, message: str | None) -> None:
        tally = self.unreached.pop(message or "", None)
        if tally is not None and tally.epoch is not None:
            tally.client.confirmation.refuse(tally.epoch)

    def _begin_epoch(self, client: ClientTally, value: Object, t: int) -> None:
        conn = text_at(value, "conn") or ""
        name = text_at(value, "server")
        shown = None if name is None else legible_line(name, NAME_MAX)
        is_new = client.connection.begin(t, legible_line(conn, NAME_MAX), shown)
        if name is not None:
            server = self._server(name)
            self._server_by_epoch[conn] = server
            server.connections += is_new

    def _client(self, entry: Object) -> ClientTally:
        process = text_at(entry, "process") or ""
        tally = self._client_by_process.get(process)
        if tally is None:
            tally = self._client_named(process.partition(".")[0])
            self._client_by_process[process] = tally
        return tally

    def _client_named(self, name: str) -> ClientTally:
        tally = self._client_by_name.get(name)
        if tally is None:
            tally = self.other_clients
            if len(self.clients) < CLIENTS_MAX:
                tally = ClientTally(legible_line(name, NAME_MAX))
                self.clients.append(tally)
            self._client_by_name[name] = tally
        return tally

    def _server(self, name: str) -> ServerTally:
        tally = self._server_by_name.get(name)
        if tally is None:
            tally = self.other_servers
            if len(self.servers) < SERVERS_MAX:
                tally = ServerTally(legible_line(name, NAME_MAX))
                self.servers.append(tally)
            self._server_by_name[name] = tally
        return tally


def read_history(files: Files, wanted: Collection[int]) -> HistoryTally:
    """Read history.jsonl as far as it can be read; what cannot be becomes a remark.

    wanted: the indexes of entries to keep as they are.
    """
    path = files.find(_FILE)
    if path is None:
        return HistoryTally(0, ())
    tally = HistoryTally(_last_time(path), wanted)
    line = b"\n"
    with path.open("rb") as file:
        for number, line in enumerate(lines_of(file)):
            entry = _entry_in(line)
            if number == 0 and "schema" in entry:
                _take_header(entry, tally, files)
            elif not tally.take(entry, len(line)):
                tally.unreadable_lines += 1
    if not line.endswith(b"\n") and not _entry_in(line):
        tally.unreadable_lines -= 1
        files.remark(f"The last line of {_FILE} is cut off; it was left out.")
    if tally.unreadable_lines:
        lines = counted(tally.unreadable_lines, "line")
        files.remark(f"Left out: {lines} of {_FILE} that cannot be read.")
    if not any(phase == "end" for phase, _ in tally.phases):
        files.remark(f"{_FILE} breaks off before the mark of the run's end.")
    return tally


def _take_header(header: Object, tally: HistoryTally, files: Files) -> None:
    schema = text_at(header, "schema")
    if schema != SCHEMA:
        shown = legible_line(schema or "without a name", NAME_MAX)
        files.remark(f"The schema of {_FILE} is {shown}; it was read as {SCHEMA}.")
    digest = text_at(header, "plan_digest")
    tally.plan_digest = None if digest is None else legible_line(digest, DIGEST_MAX)


def _last_time(path: Path) -> int:
    for line in last_lines(path):
        t = whole_at(_entry_in(line), "t")
        if t is not None:
            return t
    return 0


def _entry_in(line: bytes) -> Object:
    try:
        return object_in(parse_json(line))
    except ValueError:
        return {}
