"""The server's users and tokens, as the owner of the workspace's folder sees them: straight from its database."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from runwatch.cli.session import Session
from runwatch.schema.error import InvalidValueError

if TYPE_CHECKING:
    from runwatch.server.auth.access import Access


@contextmanager
def opened(session: Session, *, create: bool = False, make: bool = False) -> Iterator[Access]:
    """Users, tokens and audit log of the command's workspace.

    Args:
        session: The command.
        create: Make the workspace if it is not there.
        make: Make the server's database in it if there is none; a command that only looks finds nothing then.

    Raises:
        InvalidValueError: The workspace is a server: its users are kept on the machine where it runs.
    """
    from runwatch.server.auth.access import Access
    from runwatch.server.state.database import NAME

    location, _ = session.location()
    if "://" in location:
        raise InvalidValueError(
            f"The users of {location} are kept on the machine where it runs.",
            hint="Run this command there, with --workspace FOLDER; or use the server's own pages.",
        )
    info = session.store(create=create).info()
    folder = Path(info.location) if info.backend == "sqlite" else None
    known = folder is not None and (make or os.path.lexists(folder / NAME))
    access = Access.open(folder, info.workspace_id) if known else Access()
    try:
        yield access
    finally:
        access.close()


def note(access: Access, operation: str, about: str) -> None:
    """Leave a line in the audit log: what is done at the machine is no less done."""
    access.audit.append(operation, "done", actor=f"command line ({_login()})", about=about)


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may run under a number that has no name
        return "unknown"
