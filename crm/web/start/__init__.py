"""Pages: start."""
