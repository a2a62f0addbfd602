"""Answers of the backend that every connection needs: where sessions are, and which tickets hold."""
