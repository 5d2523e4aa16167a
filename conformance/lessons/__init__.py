"""Transcripts to learn the protocol from, each a file with comments."""
