"""Configurations without files."""

from natsim.broker.nats.config import Loaded, load

NAME = "c.conf"


def files(**texts: str) -> "Files":
    """Give what reads files of these names, dots in them written as `__`."""
    return Files({name.replace("__", "."): text.encode() for name, text in texts.items()})


class Files:
    """Files in memory, that can be read."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self._contents = contents

    def __call__(self, path: str) -> bytes:
        if path not in self._contents:
            raise FileNotFoundError(2, "No such file or directory", path)
        return self._contents[path]


def load_text(text: str) -> Loaded:
    """Load a configuration that stands alone."""
    return load(NAME, Files({NAME: text.encode("utf-8", "surrogateescape")}), {})
