"""Telnet-style transcripts: a dialogue with a server as text, read, played and compared.

Laws of the folder: what a transcript means is decided when it is read, not when it is played;
docs/reference/transcript.md describes the language.
"""
