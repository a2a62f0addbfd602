"""The formats, one file each. A new one is added to FORMATS and nowhere else."""
