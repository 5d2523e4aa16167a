"""Conformance cases for any NATS server: cases write bytes and read bytes.

Laws of the folder: it shares no parser, encoder or matcher with the broker.
"""
