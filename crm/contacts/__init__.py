"""Contact persons and their roles."""
