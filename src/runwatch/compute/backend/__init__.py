"""What runs jobs: the promise of a back end, and those that keep it."""
