"""What the game server does with the rules: hosts sessions, keeps journals, numbers topics, fills seats, reports."""
