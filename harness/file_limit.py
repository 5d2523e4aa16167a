"""How many files, sockets among them, this process may open."""

import sys


def raise_file_limit() -> None:
    """Allow as many open files as the system lets us, as Go programs do when they start.

    The usual soft limit of 1024 was made for programs that call select(); a thousand connections
    meet it.
    """
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):
            # macOS says "unlimited" and means less; what there is must do.
            return
