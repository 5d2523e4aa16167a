"""What the server logs, and where to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOptions:
    """logfile: empty for stderr. syslog: to the local one; remote_syslog: a URL, empty for none.

    size_limit: bytes after which the file is rotated, 0 for never. max_files: kept, 0 for all.
    max_traced_message: bytes of a payload that the trace shows, 0 for all.
    """

    debug: bool = False
    trace: bool = False
    trace_verbose: bool = False
    trace_headers: bool = False
    logtime: bool = True
    logtime_utc: bool = False
    logfile: str = ""
    size_limit: int = 0
    max_files: int = 0
    syslog: bool = False
    remote_syslog: str = ""
    max_traced_message: int = 0
