"""Keeping the program itself in order: who is at work, what was backed up, and what is wrong."""
