"""Pages: exchange."""
