"""A program that becomes another one, which dies when the process that started it does.

Usage: `python leash.py PID COMMAND...`. Run by its path, so it imports nothing of natsim.

Why not in the child of subprocess.Popen, by preexec_fn: that forks with our threads about, which
Python 3.12 warns of. Why at all: a natsim that is killed with -9 must not leave servers behind.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, and become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The parent may have died before the line above: then no signal comes.
    if os.getppid() == parent:
        try:
            os.execv(command[0], command)
        except OSError as error:
            sys.exit(f"{command[0]} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main()
