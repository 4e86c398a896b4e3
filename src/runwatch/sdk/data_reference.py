"""A path in a datastore as an input of a run, in the original's older words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runwatch.sdk.dataset.consumption import DatasetConsumptionConfig
from runwatch.sdk.dataset.factory import Dataset

if TYPE_CHECKING:
    from runwatch.sdk.datastore import Datastore


class DataReference(DatasetConsumptionConfig):
    """Files of a datastore that a script is given as a local path.

    Args:
        datastore: The datastore.
        data_reference_name: Under which the script finds it; the datastore's name if None.
        path_on_datastore: A file or folder; everything if None.
        mode: ``mount`` and ``download`` are the same; ``upload`` is not here.
        path_on_compute: Accepted and ignored.
        overwrite: Accepted and ignored.
    """

    def __init__(
        self, datastore: Datastore, data_reference_name: str | None = None, path_on_datastore: str | None = None,
        mode: str = "mount", path_on_compute: str | None = None, overwrite: bool = False,
    ) -> None:  # fmt: skip
        files = Dataset.File.from_files((datastore, path_on_datastore or ""))
        name = data_reference_name or datastore.name
        super().__init__(name, files, "download" if mode == "download" else "mount", path_on_compute)
