"""The core NATS server: commands, subjects, subscriptions, delivery, limits.

Rooms to come in this folder: accounts, auth, permissions, config, monitor, cluster. NATS Streaming
will stand beside it as natsim.broker.stan.
"""
