"""A plan is a scenario with its seed spent: every operation and every fault, explicit.

The plan, not the seed, is the artefact: it is printed, edited, replayed, shrunk, attached to issues.
Laws of the folder: a plan is never changed once made; times are nanoseconds since the workload
began; the id of an operation or fault never changes meaning when others are removed.
"""
