"""The small files that say which workspace a project uses: ``.azureml/config.json`` of the original and our own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from runwatch.journal.location import is_folder
from runwatch.schema.error import UserErrorException
from runwatch.sdk import home, whole_file

FOLDERS: Final = (".azureml", "aml_config", ".runwatch", "")
NAMES: Final = ("config.json", "project.json")


class WorkspaceConfig(Struct, frozen=True, kw_only=True):
    """What such a file says.

    Attributes:
        path: The file.
        location: A folder or URL; empty if the file knows only the original's names.
        subscription_id: The original's, or empty.
        resource_group: Likewise.
        name: The workspace's name, or empty.
    """

    path: Path
    location: str = ""
    subscription_id: str = ""
    resource_group: str = ""
    name: str = ""


def find(start: Path, file_name: str | None = None) -> WorkspaceConfig | None:
    """The nearest file, from a folder upward; None if there is none.

    In each folder ``.azureml``, ``aml_config``, ``.runwatch`` and the folder itself are looked into, in this order. A
    ``config.json`` that lies openly in a project and does not name a workspace belongs to something else and is passed.

    Raises:
        UserErrorException: If a file in one of the three subfolders does not name a workspace.
    """
    for path in _candidates(start.absolute(), file_name):
        if path.is_file():
            try:
                return read(path)
            except UserErrorException:
                if path.parent.name in FOLDERS:
                    raise
    return None


def read(path: Path) -> WorkspaceConfig:
    """What a file says.

    Raises:
        UserErrorException: If it is not JSON or names no workspace.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise UserErrorException(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(content, dict):
        raise _names_nothing(path)
    own = content.get("runwatch")
    location = (own if isinstance(own, dict) else content).get("location")
    if isinstance(location, str) and location:
        base = path.parent.parent if path.parent.name in FOLDERS else path.parent
        location = home.normal(base / location if is_folder(location) else location)
    else:
        location = ""
    subscription, group, name = _azure_names(content)
    if not location and not (subscription and group and name):
        raise _names_nothing(path)
    return WorkspaceConfig(path=path, location=location, subscription_id=subscription, resource_group=group, name=name)


def write(
    folder: Path, file_name: str | None, *, subscription_id: str, resource_group: str, name: str, location: str
) -> Path:
    """Write the original's form of the file, with our own key beside it.

    Args:
        folder: The project; the file goes to its ``.azureml``, or to ``aml_config`` if that is there.
        file_name: ``config.json`` if None.
        subscription_id: See `WorkspaceConfig`; likewise the other names.
        resource_group: As above.
        name: As above.
        location: The folder or URL.

    Returns:
        The file.
    """
    scope = (
        f"/subscriptions/{subscription_id}/resourceGroups/{resource_group}"
        f"/providers/Microsoft.MachineLearningServices/workspaces/{name}"
    )
    subfolder = "aml_config" if (folder / "aml_config").is_dir() else ".azureml"
    path = folder / subfolder / (file_name or NAMES[0])
    content = {"Id": None, "Scope": scope, "runwatch": {"location": location}}
    whole_file.write(path, json.dumps(content, indent=2).encode())
    return path


def _candidates(start: Path, file_name: str | None) -> Iterator[Path]:
    for folder in (start, *start.parents):
        for subfolder in FOLDERS:
            for name in (file_name,) if file_name else NAMES:
                yield folder / subfolder / os.path.basename(name)  # noqa: PTH119 (a name, not a path)


def _azure_names(content: dict[str, Any]) -> tuple[str, str, str]:
    scope = content.get("Scope")
    if isinstance(scope, str):
        parts = scope.split("/")
        if len(parts) > 8:
            return parts[2], parts[4], parts[8]
    found = [content.get(key) for key in ("subscription_id", "resource_group", "workspace_name")]
    subscription, group, name = (value if isinstance(value, str) else "" for value in found)
    return subscription, group, name


def _names_nothing(path: Path) -> UserErrorException:
    return UserErrorException(
        f"{path} names no workspace.",
        hint='It needs "subscription_id", "resource_group" and "workspace_name", or "runwatch": {"location": "…"}.',
    )
