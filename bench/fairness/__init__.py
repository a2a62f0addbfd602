"""Who wins by foul means, and who loses by distance: real matches over real kernels' round trips. See `__main__`."""
