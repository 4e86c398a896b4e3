"""Keeps a data frame as a file in a datastore."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runwatch.sdk.datastore import Datastore


def keep(frame: Any, datastore: Datastore, folder: str, *, unique: bool) -> str:
    """Write a data frame as Parquet into a datastore.

    Args:
        frame: The data frame.
        datastore: Where.
        folder: In which folder of it.
        unique: In a new folder below that.

    Returns:
        The path of the file in the datastore.
    """
    parts = [folder.strip("/"), str(uuid.uuid4()) if unique else "", "data.parquet"]
    with tempfile.TemporaryDirectory(prefix="runwatch-data-") as young:
        file = Path(young) / "data.parquet"
        frame.to_parquet(file, index=False)
        path = "/".join(part for part in parts if part)
        datastore.upload_files([file], target_path=path.rpartition("/")[0], overwrite=True)
    return path
