"""Packages of environments."""

from runwatch.sdk.environment.dependency import CondaDependencies

__all__ = ["CondaDependencies"]
