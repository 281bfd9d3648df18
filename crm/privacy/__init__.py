"""Privacy: what is kept of persons, for what and for how long; finding, showing, freezing and erasing it."""
