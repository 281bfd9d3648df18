"""All that has happened between us and one company, whatever table tells of it, in the order it happened."""
