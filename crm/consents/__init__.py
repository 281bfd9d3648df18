"""Who may be written to or rung, for what and by which way; and who has said no for good."""
