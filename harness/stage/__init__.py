"""Stages: where a scenario plays. The simulated world, our broker as processes, any nats-server.

Laws of the folder: a stage starts servers, tells clients where they are, does faults and says what
each fault achieved; it knows nothing of workloads, histories or checkers. A fault that did not take
hold is a StageError, never a pass.
"""
