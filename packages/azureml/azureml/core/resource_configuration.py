"""What a model's service was to be given."""

from runwatch.sdk.model.resource import ResourceConfiguration

__all__ = ["ResourceConfiguration"]
