"""Runwatch records, launches, watches and compares machine-learning runs on your own machines."""
