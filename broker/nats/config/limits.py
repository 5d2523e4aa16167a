"""Bounds of a configuration; nats-server has none and runs out of memory or stack instead."""

MAX_BYTES = 16 * 1024 * 1024
"""Of all files and environment variables together."""

MAX_INCLUDES = 1000
MAX_INCLUDE_DEPTH = 10
MAX_DEPTH = 100
"""Of maps and arrays within each other, through variables too."""

MAX_NODES = 1_000_000
"""Of the tree with every variable written out."""

MAX_DIGITS = 400
"""Of one number; more cannot be in range."""
