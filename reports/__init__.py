"""Reports: a run directory in, files out. Nothing here runs anything.

Laws of the folder: it imports no other folder of natsim; the files it reads may be cut off,
missing or hostile, and each loss is said in the report; the same directory gives the same bytes (no
clock, no host name, no absolute path); every text passes through `legible` before it is kept; every
part of a report has a limit, named in `limits.py`.
"""
