"""Our broker as a server on TCP, started and stopped as nats-server is."""
