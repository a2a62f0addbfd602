"""Winners by foul means and losers by distance: real matches over real kernels' round trips. See `__main__`."""
