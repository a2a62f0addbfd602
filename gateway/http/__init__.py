"""HTTP of the gateway: the listening socket, limits and costs, pages, the API bridge and exported files."""
