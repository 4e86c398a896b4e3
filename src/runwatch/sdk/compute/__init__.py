"""Compute targets: the queues that runs are submitted to."""
