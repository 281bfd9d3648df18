"""Spreadsheets and CSV: what a list is, and how it is written for Norwegian Excel; no database."""
