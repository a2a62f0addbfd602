"""What the programs share to talk: settings, access, refusals, ranges, tickets, configuration, logging, lifetime.

Nothing here knows a rule of the game or of a room, and nothing here imports a program.
"""
