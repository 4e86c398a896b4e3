"""Metrics as TensorBoard's files, which are not here."""

from runwatch.sdk.absent import export_to_tensorboard

__all__ = ["export_to_tensorboard"]
