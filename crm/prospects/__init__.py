"""Units of the register that are no leads but fit the programme: who they are, and who was put aside."""
