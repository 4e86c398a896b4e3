"""A real training job that shows what Runwatch records."""
