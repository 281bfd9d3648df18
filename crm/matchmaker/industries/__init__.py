"""The bridge from a text to industries: what companies, a register and everyday words teach of each."""
