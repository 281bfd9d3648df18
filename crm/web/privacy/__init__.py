"""Pages: privacy."""
