"""Runs as plain files: out of any store into a folder or a zip, and back as they were."""
