"""A CRM and matchmaking program for a regional industry cluster."""
