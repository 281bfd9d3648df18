"""Combinations of all records into what a board reads: counted, said in words, and drawn."""
