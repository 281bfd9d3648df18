"""Pages: events of the register."""
