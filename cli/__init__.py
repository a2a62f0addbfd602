"""The command line: `matchpoint up`, `matchpoint test`, `matchpoint verify FILE`."""
