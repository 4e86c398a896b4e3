"""Takes snapshots of source folders."""
