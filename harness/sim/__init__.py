"""The simulated world: a clock, nodes, an event loop for each, and a network between them.

Laws of the folder: nothing here reads the real clock, the real entropy or a real socket; the same
seed and program give the same bytes on every wire in every process.
"""
