"""Real training jobs that show what Runwatch runs and records."""
