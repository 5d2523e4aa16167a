"""The name under which this program was started."""

import sys
from pathlib import Path


def program_name() -> str:
    """Give the name for files and logs that are shared with others."""
    name = Path(sys.argv[0]).name
    # `python -m natsim`.
    return "natsim" if name in ("", "-c", "__main__.py") else name
