"""Friends, and what they see of each other."""
