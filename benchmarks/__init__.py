"""Speed: our broker beside a real nats-server, and the simulated world by the CPU second.

Not shipped; run as `python -m benchmarks` from the root of the repository.
Laws of the folder: figures are compared only within one run and in pairs; nothing here gates a
change.
"""
