"""Modules that the program takes long to load."""
