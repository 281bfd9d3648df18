"""Pages: changes of many leads."""
