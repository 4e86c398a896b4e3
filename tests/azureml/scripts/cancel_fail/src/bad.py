"""Fails."""

raise RuntimeError("no data today")
