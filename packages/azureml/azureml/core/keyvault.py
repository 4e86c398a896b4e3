"""Secrets."""

from runwatch.sdk.keyvault import Keyvault

__all__ = ["Keyvault"]
