"""Pages: week."""
