"""Pages: own fields."""
