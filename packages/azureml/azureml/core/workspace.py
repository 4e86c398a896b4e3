"""Workspaces."""

from runwatch.sdk.workspace import Workspace

__all__ = ["Workspace"]
