"""Logs as people read them, over any store: lines with collapsed progress bars, ranges, follow and search."""
