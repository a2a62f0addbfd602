"""Mapping between contract messages and the backend's own types."""
