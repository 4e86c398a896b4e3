"""TensorBoard, which is not here."""

from runwatch.sdk.absent import Tensorboard

__all__ = ["Tensorboard"]
