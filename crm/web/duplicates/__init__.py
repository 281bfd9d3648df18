"""Pages: duplicates."""
