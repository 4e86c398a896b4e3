"""What goes between the steps of a pipeline, and what is chosen when it is submitted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from runwatch.schema.error import InvalidValueError
from runwatch.schema.name import check_artifact_path
from runwatch.sdk.dataset.consumption import OUTPUTS

if TYPE_CHECKING:
    from runwatch.sdk.pipeline.step import PipelineStep

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class PipelineData:
    """A file or folder that one step makes and others are given.

    Among the arguments of the step that has it in ``outputs`` it is a path to write to, among those of others the path
    of what was written. It is kept with the run of the step, in ``outputs/<name>``.

    Args:
        name: Letters, digits and underscores.
        datastore: Accepted and ignored: the run keeps it.
        output_name: Instead of ``name``.
        output_mode: Accepted and ignored, like the others.
        output_path_on_compute: As above.
        output_overwrite: As above.
        data_type: As above.
        is_directory: As above.
        pipeline_output_name: The name under which `PipelineRun.get_pipeline_output` finds it.
        training_output: As above.
    """

    def __init__(
        self, name: str, datastore: object = None, output_name: str | None = None, output_mode: str = "mount",
        output_path_on_compute: str | None = None, output_overwrite: bool | None = None, data_type: str | None = None,
        is_directory: bool | None = None, pipeline_output_name: str | None = None, training_output: object = None,
    ) -> None:  # fmt: skip
        self.name = _checked(output_name or name)
        self.path = check_artifact_path(f"{OUTPUTS}/{self.name}")
        self.pipeline_output_name = pipeline_output_name
        self.input_name = self.name
        self._first = self
        self._producer: PipelineStep | None = None

    @property
    def producer(self) -> PipelineStep | None:
        """The step that makes it; None until there is one."""
        return self._first._producer

    def made_by(self, step: PipelineStep) -> None:
        """Note the step that makes it; the first one stays, and a pipeline refuses a second one."""
        self._first._producer = self._first._producer or step

    def as_input(self, input_name: str) -> PipelineData:
        """The same under another name in the environment variables of the step that reads it."""
        other = PipelineData(self.name, pipeline_output_name=self.pipeline_output_name)
        other.input_name, other._first = _checked(input_name), self._first
        return other

    def as_mount(self) -> PipelineData:
        """The same: a step is given a path."""
        return self

    def as_download(self, *args: object, **kwargs: object) -> PipelineData:
        """As `as_mount`."""
        return self

    def as_upload(self, *args: object, **kwargs: object) -> PipelineData:
        """As `as_mount`."""
        return self

    def as_dataset(self) -> PipelineData:
        """As `as_mount`."""
        return self

    def __str__(self) -> str:
        """What stands for it among arguments until the step starts."""
        return f"PipelineData:{self.name}"

    def __repr__(self) -> str:
        return f"PipelineData(name={self.name!r})"


class PipelineParameter:
    """An argument that is chosen when the pipeline is submitted.

    Args:
        name: Under which ``pipeline_parameters`` names it.
        default_value: What it is otherwise.
    """

    def __init__(self, name: str, default_value: Any) -> None:
        if not isinstance(default_value, str | int | float | bool):
            raise InvalidValueError(
                f"The parameter {name} cannot be a {type(default_value).__name__}.", hint="Give a text or a number."
            )
        self.name, self.default_value = name, default_value

    def __str__(self) -> str:
        """What stands for it among arguments until the pipeline is submitted."""
        return f"PipelineParameter:{self.name}"


def _checked(name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidValueError(f"{name!r:.80} cannot name data.", hint="Use letters, digits and underscores.")
    return name
