"""Trials of the model: what would change with other weights or another text, and how it would have done."""
