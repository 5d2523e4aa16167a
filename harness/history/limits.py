"""The bounds of a history."""

ENTRIES_MAX = 5_000_000  # some 4 GB of memory; a run that needs more is several runs
LINE_BYTES_MAX = 1 << 20  # an entry holds no payload, so a longer line is no entry
