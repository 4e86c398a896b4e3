"""Which workspace a command is about, and why that one."""

from __future__ import annotations

import os
from pathlib import Path

from runwatch.sdk import home, workspace_config


def find_place(asked: str | None) -> tuple[str, str]:
    """The workspace's folder or URL, and a phrase that says who chose it.

    Args:
        asked: What ``--workspace`` says, or None.
    """
    if asked is not None:
        return home.normal(asked), "given with --workspace"
    named = os.environ.get(home.WORKSPACE_VARIABLE)
    if named:
        return home.normal(named), f"set by {home.WORKSPACE_VARIABLE}"
    found = workspace_config.find(Path.cwd())
    if found is None:
        return home.default_location(), "the default one: no --workspace, no RUNWATCH_WORKSPACE and no config file"
    if found.location:
        return found.location, f"named in {found.path}"
    names = found.subscription_id, found.resource_group, found.name
    return home.named_location(*names), f"the folder that stands for the Azure workspace named in {found.path}"
