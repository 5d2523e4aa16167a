"""Hypothesis state machines over the simulated world: each rule appends to a plan.

Laws of the folder: Hypothesis chooses the workload, the simulator the physics; no seed is drawn by
a strategy; a failure prints a plan that `natsim run` plays.
"""
