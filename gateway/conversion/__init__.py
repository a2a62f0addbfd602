"""JSON and CSV, made in a process beside the gateway so that its event loop stays free."""
