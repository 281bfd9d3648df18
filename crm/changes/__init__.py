"""Changing many leads at once, with a receipt that undoes it."""
