"""Reports of game servers: results of matches, and which sessions they hold."""
