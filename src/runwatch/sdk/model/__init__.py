"""Models: files under a name and a number."""
