"""Benchmarks: every number the README prints, measured as a ratio within one run where it can be."""
