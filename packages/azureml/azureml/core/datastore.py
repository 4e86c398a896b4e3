"""Datastores."""

from runwatch.sdk.datastore import Datastore

__all__ = ["Datastore"]
