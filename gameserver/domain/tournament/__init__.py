"""Tournaments: formats as functions of values, and the engine around them. Pure."""
