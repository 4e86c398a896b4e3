"""The snapshot of a run: what its source folder held, kept among its files, and given back into a folder."""
