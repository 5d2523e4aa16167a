"""The configuration of a server: nats-server's language, options, messages and reload rules."""

from .load import Loaded, load
from .mistake import ConfigError, Mistake, Place
from .node import Moment, Node, Value
from .parse import Read, parse
from .reload import Change, changes
from .validate import validate, validate_advertise, validate_monitor

__all__ = [
    "Change",
    "ConfigError",
    "Loaded",
    "Mistake",
    "Moment",
    "Node",
    "Place",
    "Read",
    "Value",
    "changes",
    "load",
    "parse",
    "validate",
    "validate_advertise",
    "validate_monitor",
]
