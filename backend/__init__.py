"""The backend: accounts, rooms, the session directory and the records."""
