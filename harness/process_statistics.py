"""What the operating system tells of our own process."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import time
import traceback
from pathlib import Path

from natsim.broker.nats.monitor import ProcessStatistics

_STATM = Path("/proc/self/statm")
_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024

_SAMPLE_S = 1.0
"""A look at the processor this long after the one before says how busy it was in between."""


class ProcessMeter:
    """Measures this process; called, it gives what there is to tell now.

    tls_cert_not_after_ns: of the certificate of the client port, 0 without one.
    """

    def __init__(self) -> None:
        self.tls_cert_not_after_ns = 0
        self._at_s, self._used_s = time.monotonic(), time.process_time()
        self._percent = 0.0

    def __call__(self) -> ProcessStatistics:
        """Measure."""
        return ProcessStatistics(
            memory_bytes=resident_bytes(),
            cpu_percent=self._load(),
            cores=_cores(),
            # What follows on the command line may be secret.
            command=tuple(sys.argv[:1]),
            tls_cert_not_after_ns=self.tls_cert_not_after_ns,
            stacks=stacks,
        )

    def _load(self) -> float:
        at_s, used_s = time.monotonic(), time.process_time()
        if at_s - self._at_s >= _SAMPLE_S:
            self._percent = round(100 * (used_s - self._used_s) / (at_s - self._at_s), 1)
            self._at_s, self._used_s = at_s, used_s
        return self._percent


def resident_bytes() -> int:
    """Tell how much memory the process holds; without /proc, how much it ever held."""
    try:
        pages = int(_STATM.read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_BYTES
    return pages * os.sysconf("SC_PAGE_SIZE")


def stacks() -> str:
    """Tell where each thread is, and what each task of the running loop waits for."""
    # The only way there is, said to be for such purposes by Python's documentation.
    frames = sys._current_frames()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    parts = [
        f"thread {number}:\n{''.join(traceback.format_stack(frame))}"
        for number, frame in sorted(frames.items())
    ]
    for task in sorted(asyncio.all_tasks(), key=lambda one: one.get_name()):
        places = traceback.StackSummary.extract(
            (frame, frame.f_lineno) for frame in task.get_stack()
        )
        parts.append(f"task {task.get_name()}:\n{''.join(places.format())}")
    return "\n".join(parts)


def _cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
