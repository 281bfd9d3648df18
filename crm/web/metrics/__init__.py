"""Pages: metrics."""
