"""What a benchmark says when it could not measure."""


class BenchmarkFailed(Exception):
    """Something did not work: a server died, messages went missing, a run was not valid."""
