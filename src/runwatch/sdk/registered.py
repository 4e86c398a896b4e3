"""What registered things have in common: a version's names and labels, and how they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import Delete, GetRun, Run, UpdateRun
from runwatch.sdk import listing, timestamp
from runwatch.store import registry

if TYPE_CHECKING:
    from runwatch.sdk.workspace import Workspace

OWN_PREFIX: Final = "runwatch."
"""Properties that begin so are ours and not shown among the user's."""


class Registered:
    """A version in a workspace, as the store last gave it.

    Args:
        workspace: Where it is.
        record: The run that it is.
    """

    def __init__(self, workspace: Workspace, record: Run) -> None:
        self._workspace = workspace
        self._record = record

    @property
    def workspace(self) -> Workspace:
        """Where it is registered."""
        return self._workspace

    @property
    def name(self) -> str:
        """Its name."""
        return registry.name_of(self._record)

    @property
    def version(self) -> int:
        """Its number among those of its name, from 1."""
        return registry.version_of(self._record)

    @property
    def tags(self) -> dict[str, str | None]:
        """Labels that can change, when this object last asked."""
        return dict(self._record.tags)

    @property
    def properties(self) -> dict[str, str]:
        """Labels that are written once, when this object last asked."""
        return {key: value for key, value in self._record.properties.items() if not key.startswith(OWN_PREFIX)}

    @property
    def description(self) -> str:
        """Markdown."""
        return self._record.description

    @property
    def created_time(self) -> str:
        """When it was registered, ISO 8601."""
        return timestamp.iso(self._record.created_at)

    def _change(self, **changes: Any) -> None:
        self._record = self._workspace.store.runs.update(UpdateRun(run_id=self._record.run_id, **changes))

    def _refresh(self) -> None:
        self._record = self._workspace.store.runs.get(GetRun(run_id=self._record.run_id))

    def _remove(self) -> None:
        self._workspace.store.runs.delete(Delete(run_ids=(self._record.run_id,)))


def texts(labels: Mapping[str, object] | None) -> dict[str, str | None]:
    """Tags as texts; None stays."""
    return {str(key): None if value is None else str(value) for key, value in (labels or {}).items()}


def written_once(labels: Mapping[str, object] | None) -> dict[str, str]:
    """Properties as texts.

    Raises:
        InvalidValueError: One has a name that Runwatch keeps for itself.
    """
    found = {str(key): "" if value is None else str(value) for key, value in (labels or {}).items()}
    own = [key for key in found if key.startswith(OWN_PREFIX)]
    if own:
        raise InvalidValueError(f"{own[0]!r} cannot name a property.", hint=f"Names with {OWN_PREFIX} are taken.")
    return found


def conditions(given: object, what: str) -> dict[str, str | None]:
    """Labels that a list asks for, in the forms of `listing.labels` or as a list with ``[name, value]`` pairs in it.

    Args:
        given: The labels.
        what: What they are called, for the message.

    Raises:
        InvalidValueError: They have another form.
    """
    if isinstance(given, Iterable) and not isinstance(given, str | Mapping):
        given = dict((each, None) if isinstance(each, str) else each for each in given)
    return listing.labels(given, what)
