"""Pages: static lists."""
