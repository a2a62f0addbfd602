"""WebSocket connections: the socket itself, the bytes of its messages, and the handshake of a session."""
