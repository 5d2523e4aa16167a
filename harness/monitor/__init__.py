"""Monitoring over HTTP: what the broker tells of itself, on an event loop."""

from .listener import MonitorListener

__all__ = ["MonitorListener"]
