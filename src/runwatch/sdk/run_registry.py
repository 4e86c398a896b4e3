"""What a run has to do with what is registered in its workspace: models that it made, secrets that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runwatch.sdk.run_handle import RunHandle

if TYPE_CHECKING:
    from runwatch.sdk.model.model import Model


class RunRegistry(RunHandle):
    """A run registers its files as models and reads the workspace's secrets."""

    def register_model(
        self, model_name: str, model_path: str | None = None, tags: Mapping[str, object] | None = None,
        properties: Mapping[str, object] | None = None, model_framework: str | None = None,
        model_framework_version: str | None = None, description: str | None = None,
        datasets: Sequence[tuple[str, Any]] | None = None, sample_input_dataset: object = None,
        sample_output_dataset: object = None, resource_configuration: object = None, **kwargs: object,
    ) -> Model:  # fmt: skip
        """Register a file or folder of the run as the next version of a model.

        The content is not copied: the version names it a second time, and keeps it if the run is deleted.

        Args:
            model_name: See `Model.register`, also for what is not named here.
            model_path: A file or folder of the run; the model's name if None.
            tags: Labels that can change.
            properties: Labels that cannot.
            model_framework: Its framework.
            model_framework_version: That one's version.
            description: Markdown.
            datasets: Pairs of what it was for and a registered dataset.
            sample_input_dataset: Its id is kept, like that of ``sample_output_dataset``.
            sample_output_dataset: As above.
            resource_configuration: Kept as a text.
            **kwargs: Accepted and ignored.

        Raises:
            ModelPathNotFoundException: If the run has no such file.
            UserErrorException: If a file is still being written.
        """
        from runwatch.sdk.model import file, registration
        from runwatch.sdk.model.model import Model
        from runwatch.store import registry

        self._settle()
        files = file.of_run(self._store, self.id, model_path or model_name)
        workspace = self._experiment.workspace
        record = registration.register(
            workspace, model_name, fill=lambda version: registry.take_over(workspace.store, files, version),
            tags=tags, properties=properties, description=description, datasets=datasets, framework=model_framework,
            framework_version=model_framework_version, run_id=self.id, sample_input=sample_input_dataset,
            sample_output=sample_output_dataset, resources=resource_configuration,
        )  # fmt: skip
        return Model(workspace, _record=record)

    @property
    def input_datasets(self) -> dict[str, Any]:
        """By name what the script was given: local paths of datasets that were mounted, other datasets themselves."""
        from runwatch.sdk.dataset.consumption import found_inputs

        return found_inputs(self._experiment.workspace, self._record.definition.get("data") or {})

    @property
    def output_datasets(self) -> dict[str, Any]:
        """Always empty: what a script writes into ``outputs`` are files of the run."""
        return {}

    def get_secret(self, name: str) -> str | None:
        """A secret of the workspace's key vault; None if there is none of this name."""
        return self._experiment.workspace.get_default_keyvault().get_secret(name)

    def get_secrets(self, secrets: Iterable[str]) -> dict[str, str | None]:
        """Several secrets by name; see `get_secret`."""
        return self._experiment.workspace.get_default_keyvault().get_secrets(secrets)
