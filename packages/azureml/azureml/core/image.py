"""Images of models, which are not here."""

from runwatch.sdk.absent import ContainerImage, Image

__all__ = ["ContainerImage", "Image"]
