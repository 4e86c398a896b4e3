"""Registers environments, finds them again, and has them built ahead of jobs."""

from __future__ import annotations

import json
import tempfile
from typing import TYPE_CHECKING, Any, Final

from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.registry import Kind
from runwatch.schema.run import Run as Record
from runwatch.sdk import problem, starting
from runwatch.sdk.environment import document
from runwatch.store import registry

if TYPE_CHECKING:
    from runwatch.sdk.environment.environment import Environment
    from runwatch.sdk.run import Run
    from runwatch.sdk.workspace import Workspace

CURATED_PREFIX: Final = "azureml-"
"""Names of the original's ready-made environments begin with this, in any case."""

BUILDS: Final = "environment-builds"
"""The experiment of the jobs that do nothing but need an environment."""


def register(environment: Environment, workspace: Workspace) -> Environment:
    """See ``Environment.register``."""
    form = json.loads(json.dumps({**document.to_dict(environment), "version": None}, default=str))
    name, store = environment.name, workspace.store
    there = registry.latest(registry.versions(store, Kind.ENVIRONMENT, name=name)).get(name)
    if there is None or there.definition != form:
        there = registry.register(store, Kind.ENVIRONMENT, name, definition=form, submitted_by=starting.user())
    environment.version = str(registry.version_of(there))
    return _of_record(there)


def get(workspace: Workspace, name: str, version: str | None) -> Environment:
    """See ``Environment.get``."""
    try:
        return _of_record(registry.find(workspace.store, Kind.ENVIRONMENT, name, _number(version)))
    except NotFoundError:
        if not name.lower().startswith(CURATED_PREFIX):
            raise
    from runwatch.sdk.environment.environment import Environment

    made = Environment(name)
    made.version = version
    made.python.user_managed_dependencies = True
    problem.say(f"there is no ready-made environment {name} here: a job with it runs in the Python that submits it.")
    return made


def get_all(workspace: Workspace) -> dict[str, Environment]:
    """See ``Environment.list``."""
    found = registry.latest(registry.versions(workspace.store, Kind.ENVIRONMENT))
    return {name: _of_record(record) for name, record in found.items()}


class ImageBuildDetails:
    """An environment that is being built, by a job.

    Args:
        run: The job's run.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    @property
    def status(self) -> str:
        """``Queued``, ``Running``, ``Succeeded`` or ``Failed``."""
        status = self.run.get_status()
        return {"Completed": "Succeeded", "Canceled": "Failed"}.get(status, status)

    def wait_for_completion(self, show_output: bool = True) -> ImageBuildDetails:
        """Wait until it is built.

        Args:
            show_output: Print what the build prints.

        Raises:
            ActivityFailedException: If it cannot be built.
        """
        self.run.wait_for_completion(show_output=show_output)
        return self


def build(environment: Environment, workspace: Workspace, target: object) -> ImageBuildDetails:
    """See ``Environment.build``."""
    from runwatch.sdk.config.script import ScriptRunConfig
    from runwatch.sdk.experiment import Experiment

    with tempfile.TemporaryDirectory(prefix="runwatch-build-") as empty:
        config = ScriptRunConfig(
            empty, command=["python", "--version"], environment=environment, compute_target=target
        )  # fmt: skip
        return ImageBuildDetails(Experiment(workspace, BUILDS).submit(config))


def _of_record(record: Record) -> Environment:
    from runwatch.sdk.environment.environment import Environment

    made = Environment(registry.name_of(record))
    document.fill(made, record.definition)
    made.version = str(registry.version_of(record))
    return made


def _number(version: Any) -> int | None:
    try:
        return None if version is None else int(version)
    except ValueError as error:
        raise InvalidValueError(f"{version!r:.80} is no version.", hint="Versions count from 1.") from error
