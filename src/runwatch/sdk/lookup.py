"""Finds workspaces: the one that a configuration names, those that bear a name, and the place that belongs to one."""

from __future__ import annotations

import os
from pathlib import Path

from runwatch.journal.location import is_folder
from runwatch.schema.error import UserErrorException
from runwatch.sdk import home, workspace_config
from runwatch.sdk import identity as identities
from runwatch.sdk.identity import FILE, Identity


def configured(path: str | os.PathLike[str] | None, file_name: str | None) -> tuple[str, Identity | None]:
    """The place that the configuration names, and the names it is known by there, if any; see `Workspace.from_config`.

    Args:
        path: A configuration file, or the folder to start the search in; None for the working folder.
        file_name: Look for this name instead of ``config.json``.

    Raises:
        UserErrorException: If ``path`` was given and nothing is found there, or the file names no workspace.
    """
    start = Path.cwd() if path is None else Path(path).expanduser()
    found = workspace_config.read(start) if start.is_file() else workspace_config.find(start, file_name)
    if found is None and path is not None:
        raise UserErrorException(
            f"No config.json that names a workspace was found in {start} or a folder above it.",
            hint="Write one with ws.write_config(), or use Workspace.open(folder).",
        )
    chosen = os.environ.get(home.WORKSPACE_VARIABLE, "") if path is None else ""
    if found is None:
        return home.normal(chosen or home.default_location()), None
    if not found.name:
        return home.normal(chosen or found.location), None
    names = identities.named(found.name, found.subscription_id, found.resource_group)
    if not (chosen or found.location):
        place = place_of(names)
        return place, settle(place, names)
    place = home.normal(chosen or found.location)
    return place, same_or_given(place, names)


def place_of(identity: Identity) -> str:
    """Where the workspace of these names lies: where ``RUNWATCH_WORKSPACE`` says, else in the user's data folder."""
    chosen = os.environ.get(home.WORKSPACE_VARIABLE)
    return home.normal(chosen or home.named_location(identity.subscription_id, identity.resource_group, identity.name))


def same_or_given(place: str, identity: Identity) -> Identity:
    """What is kept at a place if it bears these names, else the identity given: the caller's names win."""
    found = identities.kept(place)
    return found if found is not None and identities.names(found) == identities.names(identity) else identity


def settle(place: str, identity: Identity) -> Identity:
    """Like `same_or_given`; a place that has no identity yet is given this one, so that `known` finds it."""
    if is_folder(place) and identities.kept(place) is None:
        return identities.keep(place, identity)
    return same_or_given(place, identity)


def known(subscription_id: str | None, resource_group: str | None) -> list[tuple[str, Identity]]:
    """Places in the user's data folder whose identity bears these names (None: any), and that identity."""
    places = {path.parent for path in home.data_folder().glob(f"*/{FILE}")}
    if chosen := os.environ.get(home.WORKSPACE_VARIABLE):
        places.add(Path(home.normal(chosen)))
    found = [
        (str(place), identity) for place in sorted(places) if (identity := identities.kept(str(place))) is not None
    ]
    return [
        (place, identity)
        for place, identity in found
        if subscription_id in {None, identity.subscription_id} and resource_group in {None, identity.resource_group}
    ]
