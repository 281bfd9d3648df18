"""Pages: upkeep."""
