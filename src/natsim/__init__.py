"""natsim: run NATS systems in a simulated world, break everything, prove what was delivered."""

__version__ = "0.1.0"
