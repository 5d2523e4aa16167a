"""Everything that runs, breaks, watches and judges: the hub over the four leaves."""
