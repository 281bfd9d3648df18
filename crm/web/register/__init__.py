"""Pages: the copy of the national register, and loading it."""
