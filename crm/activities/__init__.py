"""What happened (activities) and what shall happen (follow-ups)."""
