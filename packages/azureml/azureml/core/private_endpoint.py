"""Private endpoints, which are not here."""

from runwatch.sdk.absent import PrivateEndPoint, PrivateEndPointConfig

__all__ = ["PrivateEndPoint", "PrivateEndPointConfig"]
