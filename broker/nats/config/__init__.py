"""The configuration of a server: nats-server's language, options, messages and reload rules."""

from .load import Loaded, load
from .mistake import ConfigError, Mistake, Place
from .node import Moment, Node, Value
from .parse import Read, parse
from .validate import validate

__all__ = [
    "ConfigError",
    "Loaded",
    "Mistake",
    "Moment",
    "Node",
    "Place",
    "Read",
    "Value",
    "load",
    "parse",
    "validate",
]
