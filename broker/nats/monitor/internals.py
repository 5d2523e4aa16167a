"""/ipqueuesz, /raftz, /debug/vars: the insides of nats-server, as far as there are such here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.go_json import is_bool, is_text

from .question import read_options

if TYPE_CHECKING:
    from natsim.broker.nats.json_text import Fields
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

    from .query import Query

NO_RAFT = "No Raft nodes registered"


@dataclass(frozen=True, slots=True)
class Ipqueuesz:
    """A question to /ipqueuesz: queues between threads, and this server has one thread."""

    @classmethod
    def of_query(cls, query: Query) -> Ipqueuesz:
        """Read the options of a URL. Raises BadRequest."""
        query.flag("all")
        return cls()

    @classmethod
    def of_json(cls, text: bytes) -> Ipqueuesz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        read_options(text, {"all": ("", is_bool), "filter": ("", is_text)})
        return cls()

    def answer(self, _: State, __: ProcessStatistics) -> Fields:
        """Tell of no queue."""
        return {}


@dataclass(frozen=True, slots=True)
class Raftz:
    """A question to /raftz, as `$SYS.REQ` has it: there it is no error to have no Raft."""

    @classmethod
    def of_json(cls, text: bytes) -> Raftz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        read_options(text, {"account": ("", is_text), "group": ("", is_text)})
        return cls()

    def answer(self, _: State, __: ProcessStatistics) -> Fields:
        """Tell of no group."""
        return {}


@dataclass(frozen=True, slots=True)
class Expvarz:
    """A question to /debug/vars; there are no options."""

    @classmethod
    def of_query(cls, _: Query) -> Expvarz:
        """Take any query."""
        return cls()

    @classmethod
    def of_json(cls, _: bytes) -> Expvarz:
        """Take any request."""
        return cls()

    def answer(self, _: State, process: ProcessStatistics) -> Fields:
        """Give what is true of a Python program too, by Go's names.

        Sys: bytes had from the operating system.
        """
        return {"cmdline": process.command, "memstats": {"Sys": process.memory_bytes}}
