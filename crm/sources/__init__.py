"""Clients and files of public sources, read into types of our own; no database."""
