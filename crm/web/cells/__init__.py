"""Pages: one cell of a list, changed where it stands."""
