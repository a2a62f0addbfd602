"""Code that all programs share: gRPC settings, access, refusals, ranges, tickets, configuration, logging, lifetime.

Nothing here imports a program.
"""
