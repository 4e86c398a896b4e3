"""What is known of a run: status, names, tags, properties and details."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from runwatch.schema.error import InvalidValueError, StoreUnavailableError, UserErrorException
from runwatch.schema.run import RunStatus, UpdateRun
from runwatch.sdk import detail, portal, problem
from runwatch.sdk.compute import queue
from runwatch.sdk.run_handle import RunHandle

if TYPE_CHECKING:
    from runwatch.sdk.environment.environment import Environment

WAITING: Final = frozenset(
    {RunStatus.NOT_STARTED, RunStatus.QUEUED, RunStatus.PREPARING, RunStatus.PROVISIONING, RunStatus.STARTING}
)
"""In these a run may stand in a queue."""


class RunRecord(RunHandle):
    """The record of a run; what can change is asked for anew by the methods and remembered by the properties."""

    @property
    def name(self) -> str | None:
        """The name given at the start, or None."""
        return self._record.name

    @property
    def number(self) -> int:
        """Counts the runs of the experiment from 1."""
        return self._record.number

    @property
    def type(self) -> str | None:
        """The original's run type, e.g. ``azureml.scriptrun``; None for runs started by `Experiment.start_logging`."""
        return self._record.type

    @property
    def status(self) -> str:
        """The status when this object last asked; see `get_status`."""
        return self._record.status.value

    @property
    def identity(self) -> str:
        """Workspace, experiment and run in one text, for messages."""
        return f"{self._experiment.workspace.name}.{self._experiment.name}.{self.id}"

    @property
    def display_name(self) -> str:
        """The name shown in lists; the name or the id unless one was set. Assign to change it."""
        record = self._record
        return record.display_name or record.name or record.run_id

    @display_name.setter
    def display_name(self, value: str | None) -> None:
        self._change(UpdateRun(run_id=self.id, display_name=value), "The display name")

    @property
    def description(self) -> str:
        """Markdown; assign to change it."""
        return self._record.description

    @description.setter
    def description(self, value: str | None) -> None:
        self._change(UpdateRun(run_id=self.id, description=value or ""), "The description")

    @property
    def tags(self) -> dict[str, str | None]:
        """The tags when this object last asked; see `get_tags`."""
        return dict(self._record.tags)

    @property
    def properties(self) -> dict[str, str]:
        """The properties when this object last asked; see `get_properties`."""
        return dict(self._record.properties)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters, asked for anew: see `RunLog.log_param`."""
        self._settle()
        return dict(self._refresh().params)

    def get_status(self) -> str:
        """The status now, e.g. ``Running``; one of ``Completed``, ``Failed``, ``Canceled`` once it has ended."""
        if not self._record.status.is_terminal:
            self._refresh()
        return self._record.status.value

    def get_detailed_status(self) -> dict[str, Any]:
        """``status`` and ``details``: why it has this status (of a queued run, what it waits for), or None."""
        record = self._refresh()
        if record.status in WAITING:
            waits = queue.why_waiting(self._store, record.run_id)
            if waits is not None:
                return {"status": record.status.value, "details": waits}
        reason = record.history[-1].reason if record.history else ""
        return {"status": record.status.value, "details": reason or None}

    def tag(self, key: str, value: object = None) -> None:
        """Add or replace a tag.

        Args:
            key: Its name.
            value: A text or None; anything else is made a text, with a warning.
        """
        self.set_tags({key: value})

    def set_tags(self, tags: Mapping[str, object]) -> None:
        """Add or replace several tags; see `tag`."""
        texts = {_text(key, "A tag's name"): _value(key, value) for key, value in tags.items()}
        found = self._recording
        if found is None:
            self._change(UpdateRun(run_id=self.id, set_tags=texts), "A tag")
            return
        with problem.kept_away(self.id, "A tag"):
            for key, value in texts.items():
                found.writer.tag(key, value)
            self._record = msgspec.structs.replace(self._record, tags={**self._record.tags, **texts})

    def remove_tags(self, tags: str | Iterable[str]) -> dict[str, str | None]:
        """Remove tags by name; absent ones are no error.

        Returns:
            The tags that are left.
        """
        names = (tags,) if isinstance(tags, str) else tuple(tags)
        self._change(UpdateRun(run_id=self.id, remove_tags=names), "The removal of a tag")
        return self.tags

    def get_tags(self) -> dict[str, str | None]:
        """The tags now."""
        self._settle()
        return dict(self._refresh().tags)

    def add_properties(self, properties: Mapping[str, object]) -> None:
        """Add properties, which are written once.

        Args:
            properties: From names to texts; other values are made texts, with a warning.

        Raises:
            ConflictError: If one is there with another value; then none is added.
        """
        texts = {_text(key, "A property's name"): _value(key, value) or "" for key, value in properties.items()}
        self._change(UpdateRun(run_id=self.id, add_properties=texts), "A property")

    def get_properties(self) -> dict[str, str]:
        """The properties now."""
        self._settle()
        return dict(self._refresh().properties)

    def get_details(self) -> dict[str, Any]:
        """What is known of the run, under the original's keys.

        Returns:
            ``runId``, ``target``, ``status``, ``startTimeUtc``, ``endTimeUtc`` (once it has ended), ``services``,
            ``error`` (if it failed), ``warnings``, ``properties``, ``inputDatasets``, ``outputDatasets``,
            ``runDefinition``, ``logFiles`` (from paths to addresses) and ``submittedBy``. Times are ISO 8601 texts.
        """
        self._settle()
        record = self._refresh()
        return detail.details(record, detail.log_paths(self._store, record.run_id), self._location)

    def get_portal_url(self) -> str:
        """The address of the run's page.

        If nobody serves the workspace's folder, a server is started in the background, which ends when nobody has asked
        for eight hours. ``RUNWATCH_STUDIO=off`` keeps it from that, and jobs never start one: then it is a ``file:``
        address of the workspace with the page's path behind it. ``RUNWATCH_PORTAL_URL`` names another studio.
        """
        return portal.run_url(self._location, self._experiment.name, self.id, start=True)

    @property
    def portal_url(self) -> str:
        """As `get_portal_url`, without starting a server."""
        return portal.run_url(self._location, self._experiment.name, self.id)

    def get_docs_url(self) -> str:
        """Where this class is documented."""
        return portal.docs_url("run")

    def get_environment(self) -> Environment:
        """The environment that the run was submitted with, a copy of its own: it can be changed and submitted again.

        Raises:
            UserErrorException: If the run was not submitted.
        """
        from runwatch.sdk.config.environment import from_form
        from runwatch.sdk.environment.environment import Environment

        form = self._record.definition.get("environment")
        if not isinstance(form, dict):
            raise UserErrorException(
                f"The run {self.id} was not submitted, so that it has no environment.",
                hint="It ran with the Python that started it.",
            )
        return Environment._from_spec(from_form(form))

    def _change(self, request: UpdateRun, what: str) -> None:
        """Update the run; a store that is busy or away costs the change, not the training."""
        try:
            self._update(request)
        except StoreUnavailableError as error:
            problem.note(self.id, what, error)


def _text(key: object, what: str) -> str:
    if isinstance(key, str) and key:
        return key
    raise InvalidValueError(f"{what} must be a text of at least one character, not {key!r}.")


def _value(key: str, value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    problem.say(f"{key!r} was given a {type(value).__name__}; it is kept as the text {str(value)!r}.")
    return str(value)
