"""The houses, and what makes the things of those that need more than text."""
