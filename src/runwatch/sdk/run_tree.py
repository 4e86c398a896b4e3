"""Child runs: made here, listed, and the way back up."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.name import check_run_id
from runwatch.schema.run import GetRun
from runwatch.schema.run import Run as Record
from runwatch.sdk import listing, markup, recording, starting
from runwatch.sdk.run_handle import RunHandle

if TYPE_CHECKING:
    from runwatch.sdk.experiment import Experiment
    from runwatch.sdk.run import Run

Labels = str | Mapping[str, str | None]
"""A name ("has this tag") or a dictionary of names and values; several must all hold."""


class RunTree(RunHandle):
    """A run may have children, and they may have children."""

    @property
    def parent(self) -> Run | None:
        """The run this is a child of, or None; asked for once and then remembered."""
        parent_id = self._record.parent_run_id
        if parent_id is None:
            return None
        if self._parent is None:
            self._parent = _run_of(self._experiment, self._store.runs.get(GetRun(run_id=parent_id)))
        return cast("Run", self._parent)

    def child_run(self, name: str | None = None, run_id: str | None = None, outputs: str | None = None) -> Run:
        """Start a child run.

        Args:
            name: Its name, put behind this run's with ``>`` between.
            run_id: Its id; a random one if None.
            outputs: A folder whose files are uploaded when it ends.
        """
        chain = ">".join(part for part in (self._record.name, name) if part)
        return self._child(run_id or self._child_id(name), outputs=outputs, name=chain or None)

    def create_children(
        self, count: int | None = None, tag_key: str | None = None, tag_values: Sequence[str] | None = None
    ) -> list[Run]:
        """Start several child runs, at most 100.

        Args:
            count: How many; each has a tag ``azureml.batch_child_number`` that counts from 0.
            tag_key: Instead of ``count``: the name of a tag.
            tag_values: And its values, one a child.

        Raises:
            UserErrorException: If neither or both ways are used, or there are more than 100.
        """
        if (tag_key is None) != (tag_values is None):
            missing, given = ("tag_key", "tag_values") if tag_key is None else ("tag_values", "tag_key")
            raise InvalidValueError(
                f"create_children was given {given} without {missing}.", hint=f"Pass {missing} too."
            )
        if (count is None) == (tag_key is None):
            raise InvalidValueError("create_children needs either count or both tag_key and tag_values.")
        values = [str(number) for number in range(count or 0)] if tag_values is None else list(tag_values)
        if len(values) > limit.CHILDREN_PER_CALL:
            raise LimitError(
                f"create_children cannot make {len(values)} runs at once.",
                hint=f"Make at most {limit.CHILDREN_PER_CALL} a call.",
            )
        key = tag_key or "azureml.batch_child_number"
        return markup.RunList(self._child(self._child_id(None), tags={key: value}) for value in values)

    def submit_child(self, config: object, tags: Mapping[str, str] | None = None, **kwargs: Any) -> Run:
        """Submit a script as a child of this run; see `Experiment.submit`."""
        child = self._experiment.submit(config, tags=tags, **{**kwargs, "_parent_run_id": self.id})
        child._parent = self
        return child

    def resubmit(
        self, arguments: list[Any] | None = None, *, compute_target: object = None, environment: object = None,
        tags: Mapping[str, str | None] | None = None, display_name: str | None = None, run_id: str | None = None,
        priority: int | None = None, retries: int | None = None,
    ) -> Run:  # fmt: skip
        """Submit a copy of this run: the same source as it was captured; what is not given is as it was.

        The copy's property ``runwatch.copied_from`` is this run's id. Tags are not copied.

        Args:
            arguments: Of the script.
            compute_target: A name or a `ComputeTarget`.
            environment: An `Environment`.
            tags: Labels that can change.
            display_name: The name shown in lists.
            run_id: Its id; by default the experiment's name, the time and a random end.
            priority: See `Experiment.submit`; likewise ``retries``.

        Raises:
            ExperimentExecutionException: This run was not submitted.
            RunConfigurationException: Arguments for a run that was submitted with a command.
            ComputeTargetException: The target is not there.
        """
        from runwatch.sdk import resubmission
        from runwatch.sdk.compute.target import target_name
        from runwatch.sdk.config import argument

        record = resubmission.resubmit(
            self._location, self._refresh(), arguments=None if arguments is None else argument.texts(arguments),
            target=None if compute_target is None else target_name(compute_target), environment=environment, tags=tags,
            display_name=display_name, run_id=run_id, priority=priority, retries=retries,
        )  # fmt: skip
        return _run_of(self._experiment, record)

    def get_children(
        self,
        recursive: bool = False,
        tags: Labels | None = None,
        properties: Labels | None = None,
        type: str | None = None,  # noqa: A002 (the original's name)
        status: str | None = None,
        _rehydrate_runs: bool = True,
    ) -> Iterator[Run]:
        """The child runs that meet all conditions, newest first; fetched page by page.

        Args:
            recursive: Include their children, and so on.
            tags: See `Labels`.
            properties: Likewise.
            type: The run type.
            status: The status, e.g. ``Running``.
            _rehydrate_runs: False gives plain `Run` objects.
        """
        recording.settle(self._location, 1.0)
        request = listing.request(
            type=type, tags=tags, properties=properties, status=status, parent_run_id=self.id, hidden=True
        )
        for record in listing.below(self._store, request) if recursive else listing.runs(self._store, request):
            yield _run_of(self._experiment, record, rehydrate=_rehydrate_runs)

    def _child_id(self, name: str | None) -> str:
        return str(uuid4())

    def _child(self, run_id: str, outputs: str | os.PathLike[str] | None = None, **facts: Any) -> Run:
        request = starting.create_request(
            self._experiment.name,
            check_run_id(run_id),
            parent_run_id=self.id,
            type=self._record.type,
            target=self._record.target or "sdk",  # it works where its parent does, and is listed there
            **facts,
        )
        folder = None if not outputs else Path(outputs).absolute()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        record, _ = starting.start(self._location, request, outputs=folder, main=False)
        child = _run_of(self._experiment, record)
        child._parent = self
        return child


def _run_of(experiment: Experiment, record: Record, *, rehydrate: bool = True) -> Run:
    from runwatch.sdk.run import Run  # the class that this one is a part of

    return Run._of(experiment, record, rehydrate=rehydrate)
