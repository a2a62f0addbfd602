"""Sessions on game servers: the directory, the fleet, tickets, tournaments."""
