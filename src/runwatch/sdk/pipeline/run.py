"""The runs of pipelines and of their steps."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, cast

from runwatch.schema.error import NotFoundError
from runwatch.sdk import detail, later, transfer
from runwatch.sdk.dataset.consumption import OUTPUTS
from runwatch.sdk.pipeline import plan as plans
from runwatch.sdk.run import Run
from runwatch.store.snapshot.manifest import FOLDER


class PortDataReference:
    """What a step made.

    Args:
        run: The run that has it.
        path: Its path among the files of that run.
    """

    def __init__(self, run: Run, path: str) -> None:
        self._run, self._path = run, path

    @property
    def name(self) -> str:
        """Its name."""
        return self._path.rpartition("/")[2]

    @property
    def path_on_datastore(self) -> str:
        """Where it is among the files of the run that made it."""
        return self._path

    def download(self, local_path: str | os.PathLike[str], overwrite: bool = False, show_progress: bool = True) -> int:
        """Write the files into a folder, below their paths in the run.

        Args:
            local_path: The folder.
            overwrite: Replace files that are there; else they stay as they are.
            show_progress: Accepted and ignored.

        Returns:
            How many files were written.
        """
        written = 0
        for each in detail.list_artifacts(self._run._store, self._run.id, self._path):
            target = Path(local_path) / each.path
            if (each.path == self._path or each.path.startswith(f"{self._path}/")) and (
                overwrite or not target.exists()
            ):
                transfer.download(self._run._store, self._run.id, each.path, target)
                written += 1
        return written


class StepRun(Run):
    """A step of a pipeline."""

    @property
    def is_reused(self) -> bool:
        """Whether the outputs of an earlier run were taken instead of running it again."""
        return "azureml.reusedrunid" in self.get_properties()

    def get_output_data(self, name: str) -> PortDataReference:
        """What it made under this name.

        Args:
            name: That of the `PipelineData`.
        """
        maker = self.get_properties().get("azureml.reusedrunid")
        owner = self if maker is None else Run.get(self._experiment.workspace, maker)
        return PortDataReference(owner, f"{OUTPUTS}/{name}")

    def get_output(self, name: str) -> PortDataReference:
        """See `get_output_data`."""
        return self.get_output_data(name)


class PipelineRun(Run):
    """A pipeline at work, or done: its steps are its children."""

    def get_steps(self) -> Iterator[StepRun]:
        """Its steps, in the order in which they were planned."""
        known = {child.id: child for child in self.get_children()}
        for step in self._plan().steps:
            if step.run_id in known:
                yield cast("StepRun", known[step.run_id])

    def find_step_run(self, name: str) -> list[StepRun]:
        """The steps of this name."""
        return [step for step in self.get_steps() if step.display_name == name]

    def get_pipeline_output(self, pipeline_output_name: str) -> PortDataReference:
        """What the pipeline made under this name.

        Raises:
            NotFoundError: None of its data has this ``pipeline_output_name``.
        """
        outputs = self._plan().outputs
        if pipeline_output_name not in outputs:
            raise NotFoundError(
                f"The pipeline has no output {pipeline_output_name!r:.80}.",
                hint=f"It has {', '.join(outputs) or 'none: give PipelineData a pipeline_output_name'}.",
            )
        run_id, path = outputs[pipeline_output_name]
        step = next(each for each in self.get_steps() if each.id == run_id)
        return step.get_output_data(path.rpartition("/")[2])

    def get_graph(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Not here."""
        later.unsupported("graph objects of pipelines", "get_steps() gives the steps in their order.")

    def _plan(self) -> plans.Plan:
        return plans.read(transfer.read_bytes(self._store, self.id, f"{FOLDER}{plans.PLAN_NAME}"))
