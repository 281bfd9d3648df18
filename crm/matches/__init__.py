"""The round's runs, its suggestions, what was answered, and the introductions that follow."""
