"""What clients do in a run: nats-py, unmodified, with everything it does and sees recorded.

Laws of the folder: a client's program is the plan's and nothing else; every operation is recorded
before it starts; what cannot be known is recorded as unknown.
"""
