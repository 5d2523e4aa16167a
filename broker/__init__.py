"""A NATS server as a pure state machine: events in, effects out.

Laws of the folder: no clock, no entropy, no socket, no thread. Time (`Now`) and entropy (`Draw`)
are arguments; the order of the effects is the contract.
"""
