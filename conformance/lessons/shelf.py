"""The lessons, by name."""

from __future__ import annotations

from pathlib import Path

STREAMING = (
    "NATS Streaming cannot be spoken by telnet: its requests are protobuf messages in the payloads "
    "of NATS messages; play `natsim transcript request-reply` for what carries them"
)


def lessons() -> dict[str, Path]:
    """Give the file of each lesson by its name, sorted."""
    return {path.stem: path for path in sorted(Path(__file__).parent.glob("*.txt"))}
