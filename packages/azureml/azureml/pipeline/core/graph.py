"""Parameters of pipelines."""

from runwatch.sdk.pipeline.data import PipelineParameter

__all__ = ["PipelineParameter"]
