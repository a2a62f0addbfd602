"""What the program takes long to load."""
