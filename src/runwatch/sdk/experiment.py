"""An experiment: a named group of runs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, cast
from uuid import uuid4

from runwatch.journal.location import is_folder
from runwatch.schema import limit
from runwatch.schema import run as schema
from runwatch.schema.error import (
    ConflictError,
    InvalidValueError,
    NotFoundError,
    StoreUnavailableError,
    UserErrorException,
)
from runwatch.schema.name import check_experiment_name, check_run_id
from runwatch.sdk import later, listing, markup, portal, problem, starting, timestamp
from runwatch.sdk.workspace import Workspace
from runwatch.store.walk import walk

if TYPE_CHECKING:
    from runwatch.sdk.run import Run

_VIEWS: dict[str, Literal["active", "archived", "all"]] = {
    "ActiveOnly": "active",
    "ArchivedOnly": "archived",
    "All": "all",
}


class Experiment:
    """The active experiment of a name; made if there is none.

    While the server of a workspace is away, runs can be started all the same: what they record stays on this machine
    until it is back, and the experiment is made then.

    Args:
        workspace: Where it is.
        name: 1 to 255 letters, digits, ``_`` and ``-``, a letter or digit first.
        **kwargs: Accepted and ignored.

    Raises:
        InvalidValueError: If an experiment cannot have this name.
    """

    def __init__(
        self, workspace: Workspace, name: str, *, _record: schema.Experiment | None = None, **kwargs: Any
    ) -> None:
        self._workspace = workspace
        if _record is None:
            check_experiment_name(name)
            _record = _found(workspace, name)
        self._record = _record

    @property
    def name(self) -> str:
        """Its name."""
        return self._record.name

    @property
    def id(self) -> str:
        """Its id, which never changes.

        Raises:
            StoreUnavailableError: If the server is away, and was when this object was made.
        """
        if not self._record.experiment_id:
            self._record = self._workspace.store.runs.create_experiment(schema.CreateExperiment(name=self.name))
        return self._record.experiment_id

    @property
    def workspace(self) -> Workspace:
        """Where it is."""
        return self._workspace

    @property
    def workspace_object(self) -> Workspace:
        """Deprecated; see `workspace`."""
        return self._workspace

    @property
    def identity(self) -> str:
        """Workspace and experiment in one text, for messages."""
        return f"{self._workspace.name}.{self.name}"

    @property
    def archived_time(self) -> str | None:
        """When it was archived, ISO 8601, or None while it is active."""
        at = self._record.archived_at
        return None if at is None else timestamp.iso(at)

    @property
    def tags(self) -> dict[str, str | None]:
        """The tags when this object last asked; see `refresh`."""
        return dict(self._record.tags)

    def start_logging(
        self,
        *args: Any,
        name: str | None = None,
        run_id: str | None = None,
        outputs: str | os.PathLike[str] | Literal[False] | None = "outputs",
        snapshot_directory: str | os.PathLike[str] | None = None,
        display_name: str | None = None,
        description: str | None = None,
        tags: Mapping[str, str | None] | None = None,
        properties: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Run:
        """Start a run that this process records; it is Running at once.

        Files in the folder ``logs`` are uploaded while they grow. Use the run in a ``with`` block to keep what is
        printed, too, and to have it ended whatever happens; if the process ends without ending it, its watcher does.

        Args:
            *args: Accepted and ignored.
            name: For display.
            run_id: Its id; a random one if None.
            outputs: The folder whose files are uploaded at the end; made if it is not there. None or False: none.
            snapshot_directory: The source folder to keep with the run (`Run.take_snapshot`); None keeps none. The call
                returns when it is stored; if that fails, one line says so and the run goes on without.
            display_name: The name shown in lists.
            description: Markdown.
            tags: Labels that can change.
            properties: Labels that cannot.
            **kwargs: Accepted and ignored.

        Raises:
            ConflictError: If there is a run of this id.
        """
        from runwatch.sdk.run import Run

        request = starting.create_request(
            self.name,
            str(uuid4()) if run_id is None else check_run_id(run_id),
            name=name,
            display_name=display_name,
            description=description or "",
            tags=dict(tags or {}),
            properties=dict(properties or {}),
        )
        away = not self._record.experiment_id
        record, _ = starting.start(
            self._workspace.place, request, outputs=_made(outputs), logs=Path.cwd() / "logs", away=away
        )
        run = Run(self, record.run_id, _record=record)
        if snapshot_directory is not None:
            _snapshot(run, snapshot_directory)
        return run

    def submit(
        self, config: object, tags: Mapping[str, str | None] | None = None, *, run_id: str | None = None,
        display_name: str | None = None, priority: int = 0, retries: int | None = None, **kwargs: Any,
    ) -> Run:  # fmt: skip
        """Submit a script to a compute target; returns at once, and the run goes on when this process ends.

        The folder is captured as it is now. An agent on the machine of the workspace is started if none runs.

        Args:
            config: A `runwatch.ScriptRunConfig`, an estimator or a pipeline.
            tags: Labels that can change.
            run_id: Its id; by default the experiment's name, the time and a random end.
            display_name: The name shown in lists.
            priority: Jobs of higher priority go first; equal ones in the order submitted.
            retries: It is started again at most so often if it fails.
            **kwargs: What else a pipeline is given; ignored by others.

        Raises:
            NotSupportedError: This version cannot run such a thing.
            ExperimentExecutionException: The script is not there.
            ComputeTargetException: The target is not there.
            SnapshotException: The folder cannot be captured; there is no run then.
        """
        from runwatch.sdk import submission
        from runwatch.sdk.run import Run

        submit_to = getattr(config, "_submit_to", None)
        if submit_to is not None:  # it is more than one job
            facts = kwargs | {"tags": tags, "run_id": run_id, "display_name": display_name}
            return cast("Run", submit_to(self, **facts))
        record = submission.submit(
            self._workspace.place, self.name, config, tags=tags, run_id=run_id, display_name=display_name,
            priority=priority, retries=retries, parent_run_id=kwargs.get("_parent_run_id"),
        )  # fmt: skip
        return Run._of(self, record)

    def get_runs(
        self,
        type: str | None = None,  # noqa: A002 (the original's name)
        tags: object = None,
        properties: object = None,
        include_children: bool = False,
    ) -> Iterator[Run]:
        """The runs that meet all conditions, newest first; fetched page by page.

        Args:
            type: The run type.
            tags: A name ("has this tag") or a dictionary of names and values.
            properties: Likewise.
            include_children: False leaves out runs that have a parent.
        """
        from runwatch.sdk.run import Run

        return Run.list(self, type, tags, properties, include_children=include_children)

    @staticmethod
    def list(
        workspace: Workspace, experiment_name: str | None = None, view_type: str = "ActiveOnly", tags: object = None
    ) -> list[Experiment]:
        """The experiments of a workspace, newest first.

        Args:
            workspace: Where they are.
            experiment_name: Only those of this name.
            view_type: ``ActiveOnly``, ``ArchivedOnly`` or ``All``.
            tags: See `get_runs`.
        """
        if view_type not in _VIEWS:
            raise InvalidValueError(
                f"{view_type!r} is no view of experiments.", hint=f"Use one of {', '.join(_VIEWS)}."
            )
        labels = listing.request(tags=tags).tags
        request = schema.ListExperiments(
            name=experiment_name, view=_VIEWS[view_type], tags=labels, limit=limit.PAGE_ROWS
        )
        records = walk(workspace.store.runs.list_experiments, request)
        return markup.ExperimentList(Experiment(workspace, record.name, _record=record) for record in records)

    @staticmethod
    def delete(workspace: Workspace, experiment_id: str) -> None:
        """Delete an experiment that has no runs.

        Args:
            workspace: Where it is.
            experiment_id: Its id.

        Raises:
            ConflictError: If it has runs.
            NotFoundError: If there is none of this id.
        """
        try:
            workspace.store.runs.delete(schema.Delete(experiment_ids=(experiment_id,)))
        except ConflictError as error:
            raise ConflictError(
                "Only empty experiments can be deleted, and this one contains runs.", hint="Delete its runs first."
            ) from error

    def archive(self) -> None:
        """Hide it from lists; a run logged under its name makes a new experiment."""
        self._change(archived=True)

    def reactivate(self, new_name: str | None = None) -> None:
        """Bring it back.

        Args:
            new_name: Not accepted, as in the original: names do not change.

        Raises:
            ConflictError: If an active experiment has the name by now.
        """
        if new_name is not None:
            raise UserErrorException("An experiment cannot be renamed.", hint="Call reactivate() without a name.")
        self._change(archived=False)

    def tag(self, key: str, value: object = None) -> None:
        """Add or replace a tag; the value becomes a text."""
        self.set_tags({key: value})

    def set_tags(self, tags: Mapping[str, object]) -> None:
        """Add or replace several tags."""
        self._change(set_tags={key: None if value is None else str(value) for key, value in tags.items()})

    def remove_tags(self, tags: Iterable[str]) -> None:
        """Remove tags by name; absent ones are no error."""
        self._change(remove_tags=(tags,) if isinstance(tags, str) else tuple(tags))

    def refresh(self) -> None:
        """Ask for tags and state anew.

        Raises:
            NotFoundError: If it was deleted.
        """
        request = schema.ListExperiments(experiment_id=self.id, view="all")
        found = self._workspace.store.runs.list_experiments(request).experiments
        if not found:
            raise NotFoundError(f"The experiment {self.name} is not there any more.")
        self._record = found[0]

    def get_portal_url(self) -> str:
        """The address of its page; see `Run.get_portal_url`."""
        return portal.experiment_url(self._workspace.place, self.name, start=True)

    @property
    def portal_url(self) -> str:
        """As `get_portal_url`, without starting a server."""
        return portal.experiment_url(self._workspace.place, self.name)

    @staticmethod
    def from_directory(path: str | os.PathLike[str], auth: object = None) -> NoReturn:
        """Deprecated in the original, and not here."""
        later.unsupported("experiments of folders", "Use Experiment(Workspace.from_config(path), name).")

    def get_docs_url(self) -> str:
        """Where this class is documented."""
        return portal.docs_url("experiment")

    def _change(self, **changes: Any) -> None:
        request = schema.UpdateExperiment(experiment_id=self.id, **changes)
        self._record = self._workspace.store.runs.update_experiment(request)

    def __repr__(self) -> str:
        return f"Experiment(Name: {self.name},\nWorkspace: {self._workspace.name})"

    def _repr_html_(self) -> str:
        return markup.of_experiment(self)


def _found(workspace: Workspace, name: str) -> schema.Experiment:
    """The experiment as the store has it; without an id while a server is away."""
    try:
        return workspace.store.runs.create_experiment(schema.CreateExperiment(name=name))
    except StoreUnavailableError as error:
        if is_folder(workspace.place):
            raise  # busy or full: nothing can be kept elsewhere
        problem.say(f"{error} Runs of this process are kept on this machine until the server is back.")
        return schema.Experiment(experiment_id="", name=name, created_at=time.time())


def _snapshot(run: Run, folder: str | os.PathLike[str]) -> None:
    """The run has started: nothing that is wrong with its source folder may end it."""
    try:
        run.take_snapshot(folder)
    except Exception as error:  # whatever it is
        problem.say(f"the run {run.id} has no snapshot. {error}")


def _made(outputs: str | os.PathLike[str] | Literal[False] | None) -> Path | None:
    if outputs is None or outputs is False:
        return None
    folder = Path(outputs).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem.say(f"the folder {folder} could not be made ({error.strerror}); no outputs will be uploaded.")
        return None
    return folder
