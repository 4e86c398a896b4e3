"""Runs of pipelines."""

from runwatch.sdk.pipeline.run import PipelineRun, StepRun

__all__ = ["PipelineRun", "StepRun"]
