"""Blobs: the content of artifacts, kept under names that only the server makes."""
