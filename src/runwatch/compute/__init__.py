"""Starts jobs and keeps them in sight: the runner of one attempt, and what hands it its work."""
