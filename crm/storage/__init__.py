"""Declarative base, column vocabulary, constraint names and engines."""
