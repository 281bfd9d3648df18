"""Local partners, what they need and what they offer."""
