"""Public code tables: industries and their successors, municipalities, postal codes, procurement codes."""
