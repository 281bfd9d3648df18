"""Keeping one of each: who is like whom, and two made one."""
