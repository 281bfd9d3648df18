"""Pages: matches."""
