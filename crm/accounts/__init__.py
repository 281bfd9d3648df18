"""The people who sign in: users, roles, rights, links and sessions."""
