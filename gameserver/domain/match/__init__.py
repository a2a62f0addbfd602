"""A match: admission of inputs, decisions, records, statistics."""
