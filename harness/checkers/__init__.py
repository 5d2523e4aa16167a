"""One guarantee a file: history in, verdict out.

Laws of the folder: a checker never cries wolf (what a healthy NATS may do is allowed, and counted
where it is a loss); it imports nothing of the broker, the simulation, the driver or the nemesis; it
is near-linear in the length of the history; each anomaly names the entries that prove it.
"""
