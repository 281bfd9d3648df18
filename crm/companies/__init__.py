"""Companies and leads: who is out there, and whom we follow."""
