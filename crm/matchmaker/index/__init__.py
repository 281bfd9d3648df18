"""Exact search over postings in blocks, compiled, in memory or on disk, by one hand or many."""
