"""Lists going out of the program, as files other programs open."""
