"""What calls and attributes of the original give, as far as a reader of scripts needs it to know what is used next."""

from __future__ import annotations

from typing import Final

RESULTS: Final[dict[str, str]] = {
    "Workspace.from_config": "Workspace",
    "Workspace.create": "Workspace",
    "Workspace.get": "Workspace",
    "Workspace.open": "Workspace",
    "Workspace.get_run": "Run",
    "Workspace.get_default_datastore": "Datastore",
    "Workspace.get_default_keyvault": "Keyvault",
    "Workspace.experiments": "Experiment*",
    "Workspace.compute_targets": "ComputeTarget*",
    "Workspace.models": "Model*",
    "Workspace.datastores": "Datastore*",
    "Workspace.environments": "Environment*",
    "Experiment.submit": "Run",
    "Experiment.start_logging": "Run",
    "Experiment.get_runs": "Run*",
    "Experiment.list": "Experiment*",
    "Experiment.workspace": "Workspace",
    "Run.get_context": "Run",
    "Run.get_submitted_run": "Run",
    "Run.get": "Run",
    "Run.list": "Run*",
    "Run.list_by_compute": "Run*",
    "Run.get_children": "Run*",
    "Run.create_children": "Run*",
    "Run.child_run": "Run",
    "Run.submit_child": "Run",
    "Run.parent": "Run",
    "Run.experiment": "Experiment",
    "Run.register_model": "Model",
    "Run.get_environment": "Environment",
    "get_run": "Run",
    "ComputeTarget.create": "AmlCompute",
    "AmlCompute.create": "AmlCompute",
    "ComputeTarget.list": "ComputeTarget*",
    "ComputeTarget.get_active_runs": "Run*",
    "Model.register": "Model",
    "Model.list": "Model*",
    "Datastore.get": "Datastore",
    "Datastore.get_default": "Datastore",
    "Dataset.get_by_name": "FileDataset",
    "Dataset.get_by_id": "FileDataset",
    "CondaDependencies.create": "CondaDependencies",
    "Environment.get": "Environment",
    "Environment.from_conda_specification": "Environment",
    "Environment.from_pip_requirements": "Environment",
    "Pipeline.submit": "PipelineRun",
    "PipelineRun.get_steps": "StepRun*",
    "PipelineRun.find_step_run": "StepRun*",
}
"""By member or function: the class of what it gives; with ``*``, a list, generator or dictionary of such."""

SUBMITTED: Final[dict[str, str]] = {
    "Pipeline": "PipelineRun",
    "HyperDriveConfig": "HyperDriveRun",
    "AutoMLConfig": "AutoMLRun",
}
"""What submitting an object of a class gives, if it is not a plain `Run`."""
