"""The demo cluster: invented companies, partners, needs and a plausible log, loaded and removed whole."""
