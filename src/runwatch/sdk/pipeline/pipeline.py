"""A pipeline: steps that are submitted together, as a run with one child for each."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast
from uuid import uuid4

import msgspec

from runwatch.schema.error import InvalidValueError
from runwatch.schema.job import ListTargets, Target
from runwatch.schema.launch import PIPELINE_RUN, STEP_RUN, Launch
from runwatch.schema.run import RunStatus
from runwatch.sdk import later, starting, submission
from runwatch.sdk.compute.target import LOCAL
from runwatch.sdk.config.data import check_reach
from runwatch.sdk.config.script import ScriptRunConfig
from runwatch.sdk.dataset.consumption import OutputFileDatasetConfig
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.pipeline import plan as plans
from runwatch.sdk.pipeline.data import PipelineParameter
from runwatch.sdk.pipeline.fingerprint import of_text
from runwatch.sdk.pipeline.order import Order, ordered
from runwatch.sdk.pipeline.plan import Plan, StepPlan
from runwatch.sdk.pipeline.step import PipelineStep, PythonScriptStep, flat
from runwatch.sdk.run import Run
from runwatch.sdk.snapshot.capture import Capture, capture, put
from runwatch.sdk.workspace import Workspace
from runwatch.store import queue
from runwatch.store.snapshot.manifest import SNAPSHOT_PROPERTY

if TYPE_CHECKING:
    from runwatch.sdk.pipeline.run import PipelineRun

TARGET: Final = "pipelines"
"""The compute target of the controllers: they only wait, and must not hold the slots that their steps wait for."""

AT_ONCE: Final = 100
"""Pipelines at work at the same time in a workspace."""

CONTROLLER: Final = "runwatch.sdk.pipeline.controller"


class Pipeline:
    """Steps and what goes between them.

    Args:
        workspace: Where it will run.
        steps: Steps, lists of steps, and a `StepSequence`; what they need is found by itself.
        description: Shown with its runs.
        default_datastore: Accepted and ignored.
        default_source_directory: The folder of steps that name none; the working folder if None.
        resolve_closure: Accepted and ignored.
        **kwargs: Accepted and ignored.

    Raises:
        InvalidValueError: Data are made twice or by nobody, or steps wait for one another.
    """

    def __init__(
        self, workspace: Workspace, steps: Iterable[Any], description: str | None = None,
        default_datastore: object = None, default_source_directory: str | None = None, resolve_closure: bool = True,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        self.workspace, self.description = workspace, description
        self.default_source_directory = default_source_directory or "."
        self.steps: list[PipelineStep] = flat(steps if isinstance(steps, list | tuple) else [steps])
        if not self.steps:
            raise InvalidValueError("A pipeline needs a step.", hint="Give it at least one PythonScriptStep.")
        ordered(self.steps)

    def validate(self) -> list[str]:
        """Look whether it could be submitted; what is wrong raises as it would then.

        Returns:
            An empty list.
        """
        self._configs({})
        return []

    def submit(
        self, experiment_name: str, pipeline_parameters: Mapping[str, Any] | None = None,
        continue_on_step_failure: bool = False, regenerate_outputs: bool = False, parent_run_id: str | None = None,
        **kwargs: Any,
    ) -> PipelineRun:  # fmt: skip
        """Submit it.

        Args:
            experiment_name: The experiment.
            pipeline_parameters: Values of its parameters by name.
            continue_on_step_failure: Go on with steps that do not need the one that failed.
            regenerate_outputs: Run all steps, also unchanged ones.
            parent_run_id: The run it is a child of.
            **kwargs: Accepted and ignored.
        """
        return self._submit_to(
            Experiment(self.workspace, experiment_name), pipeline_parameters=pipeline_parameters,
            continue_on_step_failure=continue_on_step_failure, regenerate_outputs=regenerate_outputs,
            _parent_run_id=parent_run_id,
        )  # fmt: skip

    def publish(
        self, name: str | None = None, description: str | None = None, version: str | None = None,
        continue_on_step_failure: bool | None = None, **kwargs: Any,
    ) -> NoReturn:  # fmt: skip
        """Not on one's own machines."""
        later.unsupported("published pipelines", "Keep the script that builds the pipeline, and submit it again.")

    def _submit_to(
        self, experiment: Experiment, *, pipeline_parameters: Mapping[str, Any] | None = None,
        continue_on_step_failure: bool = False, regenerate_outputs: bool = False,
        tags: Mapping[str, str | None] | None = None, run_id: str | None = None, display_name: str | None = None,
        _parent_run_id: str | None = None, **kwargs: Any,
    ) -> PipelineRun:  # fmt: skip
        """What `Experiment.submit` calls."""
        configs = self._configs(dict(pipeline_parameters or {}))
        place, run_id = experiment.workspace.place, run_id or str(uuid4())
        steps = _Steps(experiment, run_id, configs, ordered(self.steps))
        plan = Plan(
            steps=tuple(steps.plan()), continue_on_failure=continue_on_step_failure, regenerate=regenerate_outputs,
            outputs=steps.outputs(),
        )  # fmt: skip
        _ensure_target(self.workspace)
        # The controller runs in the Python that submits, which has Runwatch.
        launch = msgspec.structs.replace(ScriptRunConfig(".", command=["python", "-m", CONTROLLER]).to_launch(), gpus=0)
        with tempfile.TemporaryDirectory(prefix="runwatch-") as folder:
            plan.write(Path(folder))
            record = submission.send(
                place, experiment.name, launch, TARGET, definition=plans.summary(plan), source=folder, run_id=run_id,
                tags=tags, display_name=display_name, parent_run_id=_parent_run_id, kind=PIPELINE_RUN,
                before=steps.create,
            )  # fmt: skip
        return cast("PipelineRun", Run._of(experiment, record))

    def _configs(self, given: dict[str, Any]) -> dict[PythonScriptStep, ScriptRunConfig]:
        order = ordered(self.steps)
        parameters = _parameters(order)
        unknown = [name for name in given if name not in parameters]
        if unknown:
            raise InvalidValueError(
                f"The pipeline has no parameter {unknown[0]}.", hint=f"It has {', '.join(parameters) or 'none'}."
            )
        return {step: step.to_config(parameters | given, self.default_source_directory) for step in order}


class _Steps:
    """The runs of a pipeline's steps, before they are there."""

    def __init__(
        self, experiment: Experiment, parent_id: str, configs: dict[PythonScriptStep, ScriptRunConfig], order: Order
    ) -> None:
        self._experiment, self._parent_id, self._configs, self._order = experiment, parent_id, configs, order
        self._ids = {step: str(uuid4()) for step in order}
        self._captured: dict[str, Capture] = {}
        self._plans: list[StepPlan] = []

    def plan(self) -> list[StepPlan]:
        """All steps, in order; nothing is made yet, and what is wrong raises."""
        self._plans = [self._plan(step) for step in self._order]
        return self._plans

    def outputs(self) -> dict[str, tuple[str, str]]:
        """See `Plan.outputs`."""
        return {
            made.pipeline_output_name: (self._ids[step], made.path)
            for step in self._order
            for made in step.made
            if made.pipeline_output_name
        }

    def create(self) -> None:
        """Make the runs, below their pipeline; if that is deleted again, so are they."""
        store = self._experiment.workspace.store
        for step, planned in zip(self._order, self._plans, strict=True):
            config = self._configs[step]
            captured = self._capture(config)
            request = starting.create_request(
                self._experiment.name, planned.run_id, status=RunStatus.NOT_STARTED, type=STEP_RUN, host=None,
                target=planned.target, display_name=planned.name, name=planned.name, parent_run_id=self._parent_id,
                properties={**queue.QUEUED_PROPERTIES, SNAPSHOT_PROPERTY: captured.snapshot_id},
                definition=config.to_definition(),
            )  # fmt: skip
            put(store, store.runs.create(request).run_id, captured)

    def _plan(self, step: PythonScriptStep) -> StepPlan:
        config, place = self._configs[step], self._experiment.workspace.place
        check_reach(place, config.data())
        target = config.run_config.target or LOCAL
        queue.check_target(self._experiment.workspace.store, target)
        launch = config.to_launch()
        makers = {made.name: maker for maker in self._order for made in maker.made}
        return StepPlan(
            name=step.name, run_id=self._ids[step], launch=launch, target=target,
            after=tuple(self._ids[each] for each in self._order[step]),
            reads={str(each): (each.input_name, self._ids[makers[each.name]]) for each in step.read.values()},
            makes={str(each): each.path for each in step.made},
            allow_reuse=step.allow_reuse and not _writes_elsewhere(step),
            identity=self._identity(step, config, launch),
        )  # fmt: skip

    def _identity(self, step: PythonScriptStep, config: ScriptRunConfig, launch: Launch) -> str:
        what = msgspec.structs.replace(launch, user="", python="", host="")
        inputs = [of_text(text) for text in launch.variables.values()]
        parts = [step.version, self._capture(config).snapshot_id, msgspec.to_builtins(what), inputs]
        return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()

    def _capture(self, config: ScriptRunConfig) -> Capture:
        folder = str(Path(config.source_directory).resolve())
        if folder not in self._captured:
            self._captured[folder] = capture(folder)
        return self._captured[folder]


def _parameters(order: Order) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step in order:
        for each in [*step.arguments, *step.params.values()]:
            if isinstance(each, PipelineParameter) and found.setdefault(each.name, each.default_value) != (
                each.default_value
            ):
                raise InvalidValueError(
                    f"Two parameters are called {each.name} and differ.", hint="Make it once, and use it in both steps."
                )
    return found


def _writes_elsewhere(step: PythonScriptStep) -> bool:
    """Whether it makes what an earlier run would not do: files that its own run keeps, or a version of a dataset."""
    folders = [each for each in step.arguments if isinstance(each, OutputFileDatasetConfig)]
    return any(each.handed_on is None or each.registration is not None for each in folders)


def _ensure_target(workspace: Workspace) -> None:
    if not workspace.store.jobs.list_targets(ListTargets(name=TARGET)).targets:
        workspace.store.jobs.put_target(Target(name=TARGET, slots=AT_ONCE))
