"""Writes small files whole or not at all, so that a reader in another process never meets half of one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Put a file in place by renaming; the folder is made if it is not there.

    Args:
        path: The file.
        content: All of it.

    Raises:
        OSError: If the folder cannot be written to; what stood at ``path`` is untouched then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
