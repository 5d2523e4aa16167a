"""What happened in a run, as a list of entries: written while it runs, read by the checkers.

Laws of the folder: it imports nothing of the broker, the simulation, the driver or the nemesis;
times are nanoseconds of true time since the run began; an entry is never changed once recorded.
The format is described in docs/reference/history.md.
"""
