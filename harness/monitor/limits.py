"""Every bound of the HTTP server for monitoring."""

HEAD_BYTES_MAX = 64 * 1024
"""A request line with all its headers; nats-server takes a megabyte."""

BODY_BYTES_MAX = 256 * 1024
"""What a request may carry that nobody reads, as with nats-server."""

REQUEST_S = 5.0
"""From the first byte of a request to its last, and from a connection's start to its first."""

IDLE_S = 120.0
"""How long a connection is kept on which nothing is asked."""

RESPONSE_S = 30.0
"""How long a peer may take to read an answer."""

PARTING_S = 0.5
"""How long a peer that was refused may go on sending, so that it hears why."""

CONNECTIONS_MAX = 256
"""Connections at a time; one more is closed at once."""

BACKLOG = 128
