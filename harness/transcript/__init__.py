"""Plays telnet-style transcripts to a server, in the simulated world, through telnet; records them.

Law of the folder: a transcript is played by natsim.conformance wherever it is played; what differs
is only what carries the bytes.
"""
