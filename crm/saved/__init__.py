"""Saved views: a filter with a name, kept by one person or shared by all."""
