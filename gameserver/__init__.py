"""The game server: live sessions, and the only referee."""
