"""The rounds: what the program does on its own, woken by a queue and a clock."""
