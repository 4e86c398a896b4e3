"""Datasets: where data lie and how they are read; nothing is read before somebody wants it."""
