"""The matchmaker: companies and needs in as profiles, a ranking with reasons out."""
