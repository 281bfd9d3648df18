"""Finding anything: one text looked for in every record."""
