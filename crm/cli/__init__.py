"""The terminal: one module a command group."""
