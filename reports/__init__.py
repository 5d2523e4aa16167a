"""Reports: a run directory in, files out. Nothing here runs anything."""
