"""The programme's segments (satsingsområder) and the industries that belong to them; all of it is data."""
