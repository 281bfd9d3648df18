"""From readings to a ranked list: weights, what verdicts teach, and reasons that sum to the score."""
