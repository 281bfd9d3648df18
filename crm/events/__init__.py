"""What the register has told about companies we follow, dated, until somebody has seen to it."""
