"""How a run uses data: the inputs that its script is given, and the folders that it writes to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn

from runwatch.schema.error import InvalidValueError
from runwatch.schema.name import check_artifact_path
from runwatch.schema.registry import Kind, check_name
from runwatch.sdk import later, registered
from runwatch.sdk.dataset.completion import Registration
from runwatch.sdk.dataset.definition import from_form, to_form

if TYPE_CHECKING:
    from runwatch.sdk.dataset.dataset import AbstractDataset
    from runwatch.sdk.pipeline.data import PipelineData
    from runwatch.sdk.pipeline.step import PipelineStep
    from runwatch.sdk.workspace import Workspace

Mode = Literal["direct", "mount", "download"]

_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

_READ: Final = "Hand the folder on with as_input(), and let the step read the files in it."

OUTPUTS: Final = "outputs"
"""The folder of a job whose files become files of its run."""


class DatasetConsumptionConfig:
    """A dataset as an input of a run.

    Args:
        name: Under which the script finds it.
        dataset: The dataset.
        mode: ``direct``: the script reads the dataset itself; ``mount`` and ``download``: it is given a local path.
        path_on_compute: Accepted and ignored: the path is that of the files, or of a folder kept for them.
    """

    def __init__(
        self, name: str, dataset: AbstractDataset, mode: Mode = "direct", path_on_compute: str | None = None
    ) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise InvalidValueError(f"{name!r:.80} cannot name an input.", hint="Use letters, digits and underscores.")
        self.name, self.dataset, self.mode, self.path_on_compute = name, dataset, mode, path_on_compute
        self._text: str | None = None

    def as_mount(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """The same input as a local path: of the files themselves if they lie on this machine."""
        return DatasetConsumptionConfig(self.name, self.dataset, "mount", path_on_compute)

    def as_download(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """As `as_mount`."""
        return DatasetConsumptionConfig(self.name, self.dataset, "download", path_on_compute)

    def as_direct(self) -> DatasetConsumptionConfig:
        """The same input as a dataset: ``Run.get_context().input_datasets[name]``."""
        return DatasetConsumptionConfig(self.name, self.dataset)

    def as_hdfs(self) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("HDFS mounts", "Use as_mount() or as_download().")

    def to_text(self) -> str:
        """What stands for it among the arguments of a script: the path, or the dataset's id, or else its name.

        Files that do not lie on this machine are fetched now, and kept.
        """
        if self._text is None or not Path(self._text).exists():
            self._text = self.dataset.id or self.name if self.mode == "direct" else str(self.dataset._local_path())
        return self._text

    def to_form(self, text: str) -> dict[str, Any]:
        """What the run's definition says of it, for `found_inputs`.

        Args:
            text: Of `to_text`.
        """
        form = {"definition": to_form(self.dataset._definition), "id": self.dataset.id}
        return {"mode": self.mode, "text": text, "dataset": form}

    def __str__(self) -> str:
        """What stands for it in ``ScriptRunConfig.arguments`` until it is submitted."""
        return f"DatasetConsumptionConfig:{self.name}"


class OutputFileDatasetConfig:
    """A folder that a script writes to; its files become files of the run, in ``outputs/<name>``.

    Args:
        name: The folder's name; ``output`` if None.
        destination: Accepted and ignored: the run keeps its files.
        source: Accepted and ignored.
        partition_format: Accepted and ignored.
    """

    def __init__(
        self, name: str | None = None, destination: object = None, source: object = None,
        partition_format: str | None = None,
    ) -> None:  # fmt: skip
        self.name = name or "output"
        self.path = check_artifact_path(f"{OUTPUTS}/{self.name}")
        self.registration: Registration | None = None
        self._handed_on: PipelineData | None = None
        self._maker: PipelineStep | None = None

    @property
    def handed_on(self) -> PipelineData | None:
        """The folder as what one step of a pipeline makes and others read; None if none reads it."""
        return self._handed_on

    def made_by(self, step: PipelineStep) -> None:
        """Note the step of a pipeline that writes to it; the first one stays."""
        self._maker = self._maker or step
        if self._handed_on is not None:
            self._handed_on.made_by(step)

    def as_input(self, name: str | None = None) -> PipelineData:
        """The folder as an input of another step of the same pipeline, which is given a path.

        Args:
            name: Under which the step finds it: letters, digits and underscores; the folder's name if None.

        Raises:
            InvalidValueError: The name, or the folder's, has other characters.
        """
        from runwatch.sdk.pipeline.data import PipelineData

        if self._handed_on is None:
            self._handed_on = PipelineData(self.name)
            if self._maker is not None:
                self._handed_on.made_by(self._maker)
        return self._handed_on.as_input(self.name if name is None else name)

    def as_upload(self, overwrite: bool = False, source_globs: object = None) -> OutputFileDatasetConfig:
        """The same: what stands in the folder when the script ends is kept."""
        return self

    def as_mount(self, disable_metadata_cache: bool = False) -> OutputFileDatasetConfig:
        """As `as_upload`."""
        return self

    def register_on_complete(
        self, name: str, description: str | None = None, tags: Mapping[str, object] | None = None
    ) -> OutputFileDatasetConfig:
        """Have the folder registered as a dataset of files, when a submitted run that writes it has completed.

        The next version is made each time. Its files are kept in the default datastore, by content, whatever becomes
        of the run.

        Args:
            name: Of the dataset: letters, digits, ``-``, ``_``, ``.`` and spaces.
            description: Markdown.
            tags: Labels that can change.

        Returns:
            The same object.

        Raises:
            InvalidValueError: No dataset can have this name.
        """
        self.registration = Registration(
            path=self.path,
            name=check_name(Kind.DATASET, name),
            description=description or "",
            tags=registered.texts(tags),
        )
        return self

    def read_delimited_files(
        self, include_path: bool = False, separator: str = ",", header: object = True,
        partition_format: str | None = None, path_glob: str | None = None, set_column_types: object = None,
    ) -> NoReturn:  # fmt: skip
        """Not supported: the step that reads the folder is given its path.

        Raises:
            NotSupportedError: Always, with what works.
        """
        later.missing("tables between steps", _READ)

    def read_parquet_files(
        self, include_path: bool = False, partition_format: str | None = None, path_glob: str | None = None,
        set_column_types: object = None,
    ) -> NoReturn:  # fmt: skip
        """As `read_delimited_files`."""
        later.missing("tables between steps", _READ)

    def to_text(self) -> str:
        """The folder, seen from the script's working folder; it is there when the script starts."""
        return self.path

    def __str__(self) -> str:
        return f"OutputFileDatasetConfig:{self.name}"


def found_inputs(workspace: Workspace, data: dict[str, Any]) -> dict[str, Any]:
    """The inputs of a run by name: local paths, or datasets.

    Args:
        workspace: Where the run is.
        data: Of the run's definition.
    """
    from runwatch.sdk.dataset.dataset import dataset_of

    found: dict[str, Any] = {}
    for name, form in data.items():
        if form.get("mode") in {"mount", "download"}:
            found[name] = form["text"]
        elif isinstance(form.get("dataset"), dict):
            found[name] = dataset_of(from_form(form["dataset"]["definition"], name), workspace, None)
    return found
