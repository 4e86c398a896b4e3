"""Models."""

from runwatch.sdk.absent import InferenceConfig
from runwatch.sdk.model.model import Model

__all__ = ["InferenceConfig", "Model"]
