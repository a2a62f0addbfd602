"""Rooms and the lobby connection that carries them."""
