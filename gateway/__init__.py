"""The gateway: terminates WebSockets and HTTP, checks who may call, forwards bytes. No rules of the game, no SQL."""
