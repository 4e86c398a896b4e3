"""Pipelines: steps that run one after another, each given what others have made."""
