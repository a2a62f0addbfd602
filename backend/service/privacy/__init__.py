"""Removal and export of personal data: deletion, erasure, retention."""
