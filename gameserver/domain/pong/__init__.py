"""The rules of Pong, what can be set of them, and bots."""
