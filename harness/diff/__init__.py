"""Says the same generated streams to two servers, and shows what comes back otherwise.

Laws of the folder: neither server is taken to be right; a difference is looked at again before it
is believed, made small, and reported once, however often it is met.
"""
