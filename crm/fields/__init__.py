"""Own fields: what an installation wants to know beside what the program asks, with a type of its own."""
