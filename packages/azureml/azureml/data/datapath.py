"""Paths in datastores."""

from runwatch.sdk.datastore import DataPath

__all__ = ["DataPath"]
