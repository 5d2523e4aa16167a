"""What stands between a connection and its event loop's transport: TLS and WebSocket.

Every layer is a protocol to the transport below it and a transport to the protocol above it, so it
runs on any event loop, and they stack.
"""
