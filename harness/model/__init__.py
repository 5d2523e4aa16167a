"""What NATS promises, as small naive programs: the measure for histories and for the broker.

Laws of the folder: written from the specification, naive on purpose; it imports nothing of the
broker, the simulation, the driver or the nemesis, since a model that calls the broker proves
nothing. Subjects are texts here, as in a history.
"""
