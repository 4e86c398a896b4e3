"""A run: what training code logs to and what notebooks read back; its parts are in the modules named ``run_…``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, Final, cast

from runwatch.schema.error import NotFoundError
from runwatch.schema.launch import PIPELINE_RUN, STEP_RUN
from runwatch.schema.run import GetRun
from runwatch.schema.run import Run as Record
from runwatch.sdk import context, listing, markup, recording
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run_file import RunFile
from runwatch.sdk.run_life import RunLife
from runwatch.sdk.run_log import RunLog
from runwatch.sdk.run_metric import RunMetric
from runwatch.sdk.run_record import RunRecord
from runwatch.sdk.run_registry import RunRegistry
from runwatch.sdk.run_tree import RunTree
from runwatch.sdk.workspace import Workspace

RunFactory = Callable[[Experiment, Record], "Run"]
"""Makes the object for runs of a type; see `Run.add_type_provider`."""

_factories: dict[str, RunFactory] = {}

_KINDS: Final = {
    PIPELINE_RUN: ("runwatch.sdk.pipeline.run", "PipelineRun"),
    STEP_RUN: ("runwatch.sdk.pipeline.run", "StepRun"),
}
"""Classes for types of runs that Runwatch itself makes, loaded when one is seen."""


class Run(RunLog, RunMetric, RunFile, RunRecord, RunRegistry, RunTree, RunLife):
    """An existing run. New ones come from `Experiment.start_logging`, `Run.get_context` and `child_run`.

    Logging to a run that another process made is fine: this process then records it too.

    Args:
        experiment: The experiment it belongs to.
        run_id: Its id.
        outputs: Accepted and ignored.
        **kwargs: Accepted and ignored.

    Raises:
        NotFoundError: If the experiment has no such run.
    """

    def __init__(
        self,
        experiment: Experiment,
        run_id: str,
        outputs: str | None = None,
        *,
        _record: Record | None = None,
        **kwargs: Any,
    ) -> None:
        record = _record or experiment.workspace.store.runs.get(GetRun(run_id=run_id))
        if _record is None and record.experiment_id != experiment.id:
            raise NotFoundError(
                f"The experiment {experiment.name} has no run {run_id}.", hint=f"It belongs to {record.experiment}."
            )
        super().__init__(experiment, record)

    @classmethod
    def get_context(cls, allow_offline: bool = True, used_for_context_manager: bool = False, **kwargs: Any) -> Run:
        """The run of this process: the one it was submitted as, or, outside of a job, one that begins now.

        A run that begins now is complete: it goes to the workspace that `Workspace.from_config` finds, into the
        experiment ``RUNWATCH_EXPERIMENT`` names (else ``default``), and can be read back. Its id begins with
        ``OfflineRun_``. Until it has ended, every call gives the same one. If no workspace can be opened, it goes to a
        temporary folder, and one line says where.

        Args:
            allow_offline: False raises instead of beginning a run.
            used_for_context_manager: Accepted and ignored.
            **kwargs: Accepted and ignored.

        Raises:
            RunEnvironmentException: If ``allow_offline`` is False and this process was not submitted.
        """
        known = context.current()
        if isinstance(known, Run) and known._recording is not None:
            return known
        if (found := context.submitted()) is not None:
            from runwatch.sdk.submitted import _SubmittedRun

            submitted = _SubmittedRun(*found)
            context.remember(submitted)
            return submitted
        if not allow_offline:
            context.refuse_offline()
        experiment, record = context.begin()
        run = _OfflineRun(experiment, record.run_id, _record=record)
        context.remember(run)
        return run

    @classmethod
    def get_submitted_run(cls, **kwargs: Any) -> Run:
        """Deprecated; see `get_context`."""
        return cls.get_context(**kwargs)

    @staticmethod
    def get(workspace: Workspace, run_id: str) -> Run:
        """A run of any experiment by its id alone.

        Args:
            workspace: Where it is.
            run_id: Its id.

        Raises:
            NotFoundError: If there is none.
        """
        recording.settle(workspace.place, 1.0)
        record = workspace.store.runs.get(GetRun(run_id=run_id))
        return Run._of(context.experiment_of(workspace, record), record)

    @staticmethod
    def list(
        experiment: Experiment,
        type: str | None = None,  # noqa: A002 (the original's name)
        tags: object = None,
        properties: object = None,
        status: str | Iterable[str] | None = None,
        include_children: bool = False,
        _rehydrate_runs: bool = True,
    ) -> Iterator[Run]:
        """The runs of an experiment that meet all conditions, newest first; fetched page by page.

        Args:
            experiment: The experiment.
            type: The run type.
            tags: A name ("has this tag") or a dictionary of names and values.
            properties: Likewise.
            status: The status, e.g. ``Running``.
            include_children: False leaves out runs that have a parent.
            _rehydrate_runs: False gives plain `Run` objects.
        """
        request = listing.request(
            type=type, tags=tags, properties=properties, status=status,
            experiment_id=experiment.id, include_children=include_children,
        )  # fmt: skip
        return _listed(experiment, request, _rehydrate_runs)

    @staticmethod
    def list_by_compute(
        compute: object,
        type: str | None = None,  # noqa: A002 (the original's name)
        tags: object = None,
        properties: object = None,
        status: str | Iterable[str] | None = None,
        *,
        workspace: Workspace | None = None,
    ) -> Iterator[Run]:
        """The runs that wait or run on a compute target, child runs too, newest first; ended ones have left it.

        Args:
            compute: The target, or its name.
            type: See `list`; likewise ``tags`` and ``properties``.
            tags: As above.
            properties: As above.
            status: Only this status, or any of several, e.g. ``Queued``.
            workspace: Where a target given by its name is; None means that of `Workspace.from_config`.

        Raises:
            InvalidValueError: If a status is none of runs that wait or run.
        """
        from runwatch.sdk.compute.target import target_name

        where = workspace or getattr(compute, "workspace", None) or Workspace.from_config()
        request = listing.active_request(
            target_name(compute), type=type, tags=tags, properties=properties, status=status
        )
        return _listed_anywhere(where, request)

    @staticmethod
    def add_type_provider(runtype: str, run_factory: RunFactory) -> None:
        """Have runs of a type appear as objects of a class of your own in lists and `get`.

        Args:
            runtype: The run type.
            run_factory: Given the experiment and the record (`runwatch.schema.run.Run`), it returns the object.
        """
        _factories[runtype] = run_factory

    @classmethod
    def _of(cls, experiment: Experiment, record: Record, *, rehydrate: bool = True) -> Run:
        """The object for a record: of the class registered for its type, else as it was made."""
        factory = _factories.get(record.type or "") if rehydrate else None
        if factory is not None:
            return factory(experiment, record)
        if rehydrate and record.type in _KINDS:
            module, name = _KINDS[record.type]
            return cast("Run", getattr(import_module(module), name)(experiment, record.run_id, _record=record))
        kind = _OfflineRun if record.run_id.startswith(context.OFFLINE_PREFIX) else Run
        return kind(experiment, record.run_id, _record=record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and (other._location, other.id) == (self._location, self.id)

    def __hash__(self) -> int:
        return hash((self._location, self.id))

    def __reduce__(self) -> tuple[Any, ...]:
        """A run sent to another process is attached there: both record it."""
        return Run.get, (self._experiment.workspace, self.id)

    def __repr__(self) -> str:
        return f"Run(Experiment: {self._experiment.name},\nId: {self.id},\nType: {self.type},\nStatus: {self.status})"

    def _repr_html_(self) -> str:
        return markup.of_run(self)


class _OfflineRun(Run):
    """A run begun by `Run.get_context` outside of a job; it does all that a run does."""

    def _child_id(self, name: str | None) -> str:
        return context.child_id(self.id, name)


def get_run(experiment: Experiment, run_id: str, rehydrate: bool = True, clean_up: bool = True) -> Run:
    """A run of an experiment by its id.

    Args:
        experiment: The experiment.
        run_id: The run's id.
        rehydrate: False gives a plain `Run`.
        clean_up: Accepted and ignored.

    Raises:
        NotFoundError: If the experiment has no such run.
    """
    run = Run(experiment, run_id)
    return Run._of(experiment, run._record, rehydrate=rehydrate) if rehydrate else run


def _listed(experiment: Experiment, request: Any, rehydrate: bool) -> Iterator[Run]:
    recording.settle(experiment.workspace.place, 1.0)
    for record in listing.runs(experiment.workspace.store, request):
        yield Run._of(experiment, record, rehydrate=rehydrate)


def _listed_anywhere(workspace: Workspace, request: Any) -> Iterator[Run]:
    recording.settle(workspace.place, 1.0)
    known: dict[str, Experiment] = {}
    for record in listing.runs(workspace.store, request):
        if record.experiment_id not in known:
            known[record.experiment_id] = context.experiment_of(workspace, record)
        yield Run._of(known[record.experiment_id], record)
