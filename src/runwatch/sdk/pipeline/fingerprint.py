"""Whether files are still the same, so that what was made of them earlier may be taken."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from runwatch.sdk import detail
from runwatch.store.protocol import Store


def of_text(text: str) -> list[str | int]:
    """What stands for an input: the text itself, and for a path its files with their sizes and times."""
    path = Path(text)
    if not os.path.isabs(text) or not path.exists():  # noqa: PTH117 (the text may be anything)
        return [text]
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    found: list[str | int] = [text]
    for file in files:
        about = file.stat()
        found += [str(file), about.st_size, about.st_mtime_ns]
    return found


def of_artifacts(store: Store, run_id: str, path: str) -> str:
    """A digest of what a step made: of the names and contents of the files, whichever run has them."""
    files = [(each.path, each.sha256) for each in detail.list_artifacts(store, run_id, path) if _is_of(each.path, path)]
    return hashlib.sha256(repr(sorted(files)).encode()).hexdigest()


def _is_of(file: str, path: str) -> bool:
    return file == path or file.startswith(f"{path}/")
