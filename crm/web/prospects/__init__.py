"""Pages: prospects."""
