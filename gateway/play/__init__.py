"""`/ws/play`: players, and the Play streams that carry them to game servers."""
