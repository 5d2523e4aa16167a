"""The bounds of a verdict."""

ANOMALIES_MAX = 100  # a reader needs a few; the count tells the rest
NOTES_MAX = 20
