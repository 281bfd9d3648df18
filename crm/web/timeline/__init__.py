"""The pages of all that has happened with a company."""
