"""The ends of the servers' logs."""

from .document import LogTail
from .files import Files, read_end
from .legible import legible_line, legible_text
from .limits import LOG_TEXT_MAX, LOGS_MAX, LOGS_TEXT_MAX, NAME_MAX
from .quantity import counted


def read_logs(files: Files) -> tuple[LogTail, ...]:
    """Read the end of each log, all of equal length so that together they keep the limit."""
    paths = files.find_in("logs", ".log")
    if len(paths) > LOGS_MAX:
        files.remark(f"{counted(len(paths) - LOGS_MAX, 'log')} more than shown are in logs/.")
        paths = paths[:LOGS_MAX]
    tails: list[LogTail] = []
    for path in paths:
        text_max = min(LOG_TEXT_MAX, LOGS_TEXT_MAX // len(paths))
        tails.append(
            LogTail(
                name=legible_line(path.name, NAME_MAX),
                text=legible_text(read_end(path, text_max), text_max),
                size_bytes=path.stat().st_size,
            )
        )
    return tuple(tails)
