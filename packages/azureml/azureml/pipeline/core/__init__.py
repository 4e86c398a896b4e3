"""Pipelines and what goes between their steps."""

from runwatch.sdk.absent import Module, PipelineDraft, PipelineEndpoint, PublishedPipeline, Schedule, ScheduleRecurrence
from runwatch.sdk.pipeline.data import PipelineData, PipelineParameter
from runwatch.sdk.pipeline.pipeline import Pipeline
from runwatch.sdk.pipeline.run import PipelineRun, StepRun
from runwatch.sdk.pipeline.step import PipelineStep, StepSequence

__all__ = [
    "Module",
    "Pipeline",
    "PipelineData",
    "PipelineDraft",
    "PipelineEndpoint",
    "PipelineParameter",
    "PipelineRun",
    "PipelineStep",
    "PublishedPipeline",
    "Schedule",
    "ScheduleRecurrence",
    "StepRun",
    "StepSequence",
]
