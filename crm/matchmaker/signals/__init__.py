"""The signals that need no text index of their own, one estimator each: place, size, history, wishes."""
