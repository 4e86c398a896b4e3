"""Secrets: how they are made, what is stored of them, and the one of a workspace."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import Final

from runwatch.schema.error import WorkspaceException
from runwatch.server.state import private
from runwatch.store.sql import fault

USER_PREFIX: Final = "rw_pat_"
"""Before API tokens, so that scanners of published code can find them."""

RUN_PREFIX: Final = "rw_run_"
"""Before the tokens of jobs."""

FILE: Final = "server.token"
"""In the workspace's folder: the token of the one user of the machine."""

_BYTES: Final = 32
_CHARS: Final = 43


def new_secret(prefix: str = "") -> str:
    """256 random bits as text that needs no quoting in URLs, behind the prefix."""
    return prefix + secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """What is stored of a secret. It has 256 random bits, so that nothing slower than SHA-256 is called for."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def same(given: str, known: str) -> bool:
    """Whether two secrets are equal; takes the same time whatever they have in common."""
    return hmac.compare_digest(digest(given), digest(known))


def workspace_secret(folder: Path) -> str:
    """The token of a workspace's local server, made when it is first asked for.

    Args:
        folder: The workspace's folder. The file in it is made with 0600 and never through a link.

    Raises:
        WorkspaceException: The file is a link, somebody else's, readable by others, or holds no token.
    """
    path = folder / FILE
    try:
        text = private.read(path, 1_000)
    except FileNotFoundError:
        with fault.disk_errors(path):
            private.create(path, f"{new_secret()}\n".encode())
        text = private.read(path, 1_000)  # what another process may have put there first
    secret = text.decode("ascii", "replace").strip()
    if len(secret) < _CHARS:
        raise WorkspaceException(f"{path} holds no token.", hint="Remove it; a new one is made.")
    return secret
