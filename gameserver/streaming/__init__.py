"""Numbered topics, the connections and viewers that follow them, and the timers that wake them."""
