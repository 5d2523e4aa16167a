"""The scenarios that come with natsim."""

from importlib.resources import files
from pathlib import Path

_SUFFIX = ".yaml"


def library() -> dict[str, Path]:
    """Return the file of each scenario of the library by its name, sorted: `smoke/one-to-one`."""
    shelf = files("natsim.scenarios") / "library"
    # Wheels are installed as files; natsim is never run from a zip.
    assert isinstance(shelf, Path)
    found = sorted(shelf.rglob(f"*{_SUFFIX}"))
    return {path.relative_to(shelf).with_suffix("").as_posix(): path for path in found}
