"""A tournament as a session: its engine, its matches, those who play and those who watch."""
