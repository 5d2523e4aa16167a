"""Runs the conformance suite: against a URL, an executable, or what an adapter file starts.

Laws of the folder: a server is never given more than a bounded load; a failure is confirmed by a
second run before it is reported; what cannot be asked is skipped, with the reason, never passed.
"""
