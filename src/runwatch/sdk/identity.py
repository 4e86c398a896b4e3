"""What a workspace calls itself: the names that the original's code asks for, kept in one small file of its folder."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from runwatch.journal.location import is_folder
from runwatch.schema.error import CorruptDataError, InvalidValueError, WorkspaceReadOnlyError
from runwatch.schema.settled import settled
from runwatch.sdk import later, timestamp, whole_file

FILE: Final = "workspace.json"

_NAME = re.compile(r"[A-Za-z0-9][\w.\-]{0,127}", re.ASCII)


class Identity(Struct, frozen=True, kw_only=True):
    """The names of a workspace; none of them is ever empty, since notebooks print them.

    Attributes:
        name: The workspace's name.
        subscription_id: As in the original; ``local`` where there is none.
        resource_group: Likewise.
        location: Likewise: the original's region.
        friendly_name: For display.
        description: For display.
        tags: Labels.
        created_at: Seconds UTC.
    """

    name: str
    subscription_id: str = "local"
    resource_group: str = "local"
    location: str = "local"
    friendly_name: str = ""
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    created_at: float = 0.0


def read(folder: Path) -> Identity | None:
    """The identity kept in a workspace folder, or None if it has none.

    Raises:
        CorruptDataError: If the file is damaged.
    """
    path = folder / FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=settled(Identity))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except msgspec.DecodeError as error:
        raise CorruptDataError(
            f"{path} does not describe a workspace: {error}.", file=str(path), hint="Delete it; it only holds names."
        ) from error


def write(folder: Path, identity: Identity) -> Identity:
    """Keep an identity in a workspace folder, with the time of creation filled in.

    Raises:
        OSError: If the folder cannot be written to.
    """
    if not identity.created_at:
        identity = msgspec.structs.replace(identity, created_at=time.time())
    whole_file.write(folder / FILE, msgspec.json.format(msgspec.json.encode(identity)))
    return identity


def named(
    name: str,
    subscription_id: str | None,
    resource_group: str | None,
    location: str | None = None,
    tags: dict[str, str] | None = None,
    friendly_name: str = "",
) -> Identity:
    """An identity of these names.

    Raises:
        InvalidValueError: If a workspace cannot have this name.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidValueError(
            f"{name!r} cannot name a workspace.", hint="Use up to 128 letters, digits, hyphens, dots and underscores."
        )
    return Identity(
        name=name,
        subscription_id=subscription_id or "local",
        resource_group=resource_group or "local",
        location=location or "local",
        tags=dict(tags or {}),
        friendly_name=friendly_name,
    )


def name_of(place: str) -> str:
    """A name for a workspace that has only a place: its last part."""
    last = re.sub(r"[^A-Za-z0-9_.\-]+", "-", place.rstrip("/").rsplit("/", 1)[-1]).strip("-._")
    return last[:128] or "workspace"


def kept(place: str) -> Identity | None:
    """The identity kept at a place, or None if there is none or the place is a server."""
    return read(Path(place)) if is_folder(place) else None


def keep(place: str, identity: Identity) -> Identity:
    """Keep an identity at a place.

    Raises:
        WorkspaceReadOnlyError: If the folder cannot be written to.
        NotInThisVersionError: If the place is a server.
    """
    if not is_folder(place):
        later.refuse("changes to a workspace on a server")
    try:
        return write(Path(place), identity)
    except OSError as error:
        raise WorkspaceReadOnlyError(
            f"The workspace folder {place} cannot be written to: {error.strerror}.",
            hint="Choose another one with RUNWATCH_WORKSPACE or Workspace.open(folder).",
        ) from error


def names(identity: Identity) -> tuple[str, str, str]:
    """What tells it from others; letter case does not, as in the original."""
    return identity.name.lower(), identity.subscription_id.lower(), identity.resource_group.lower()


def details(identity: Identity, place: str, workspace_id: str) -> dict[str, Any]:
    """What is known of a workspace, under the original's keys; Azure's own resources are None."""
    return {
        "id": f"/subscriptions/{identity.subscription_id}/resourceGroups/{identity.resource_group}"
        f"/providers/Microsoft.MachineLearningServices/workspaces/{identity.name}",
        "name": identity.name,
        "location": identity.location,
        "type": "Microsoft.MachineLearningServices/workspaces",
        "tags": dict(identity.tags),
        "sku": "basic",
        "workspaceid": workspace_id,
        "description": identity.description,
        "friendlyName": identity.friendly_name or identity.name,
        "creationTime": timestamp.iso(identity.created_at) if identity.created_at else None,
        "storageAccount": place,
        **dict.fromkeys(("containerRegistry", "keyVault", "applicationInsights", "identityPrincipalId")),
    }
