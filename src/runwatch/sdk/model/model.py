"""A model: a file or folder that was registered under a name, with a number, labels and where it came from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from runwatch.schema.error import GoneError, ModelNotFoundException, NotFoundError, UserErrorException
from runwatch.schema.registry import SOURCE_RUN, Kind
from runwatch.schema.run import Run as Record
from runwatch.sdk import later, registered
from runwatch.sdk.model import file, registration
from runwatch.sdk.registered import Registered
from runwatch.store import registry

if TYPE_CHECKING:
    from runwatch.sdk.run import Run
    from runwatch.sdk.workspace import Workspace

MODELS_FOLDER: Final = "azureml-models"
"""Below the working folder: where `Model.get_model_path` puts models, as the original did."""

_SERVING: Final = "Load the file that model.download() gives in a service of your own."


class Model(Registered):
    """A registered model: the newest version that meets all that is given.

    Args:
        workspace: Where it is.
        name: Its name.
        id: ``name:version``.
        tags: A name, or a list of names and ``[name, value]`` pairs that it must have.
        properties: Likewise.
        version: Its number.
        run_id: Registered from this run.
        model_framework: Of this framework.
        expand: Accepted and ignored.
        **kwargs: Accepted and ignored.

    Raises:
        ModelNotFoundException: If there is none.
    """

    class Framework:
        """Names of frameworks, as in the original; any other text does as well."""

        CUSTOM = "Custom"
        MULTI = "Multi"
        ONNX = "Onnx"
        PYTORCH = "PyTorch"
        SCIKITLEARN = "ScikitLearn"
        TENSORFLOW = "TensorFlow"
        TFKERAS = "TfKeras"

    def __init__(
        self, workspace: Workspace, name: str | None = None, id: str | None = None,  # noqa: A002
        tags: object = None, properties: object = None, version: int | str | None = None, run_id: str | None = None,
        model_framework: str | None = None, expand: bool = True, *, _record: Record | None = None, **kwargs: object,
    ) -> None:  # fmt: skip
        if id is not None and name is None:
            name, _, number = id.rpartition(":")
            version = number
        if _record is None and name is None:
            raise UserErrorException("Nothing says which model.", hint="Pass name or id; Model.list shows all.")
        if _record is None:
            _record = _find(workspace, str(name), version, tags, properties, run_id, model_framework)
        super().__init__(workspace, _record)

    @staticmethod
    def register(
        workspace: Workspace, model_path: str | os.PathLike[str], model_name: str,
        tags: Mapping[str, object] | None = None, properties: Mapping[str, object] | None = None,
        description: str | None = None, datasets: Sequence[tuple[str, Any]] | None = None,
        model_framework: str | None = None, model_framework_version: str | None = None,
        child_paths: Sequence[str | os.PathLike[str]] | None = None, sample_input_dataset: object = None,
        sample_output_dataset: object = None, resource_configuration: object = None, **kwargs: object,
    ) -> Model:  # fmt: skip
        """Register a file or folder of this machine as the next version of a name.

        The content is kept in the workspace: what becomes of the path afterwards does not matter.

        Args:
            workspace: Where.
            model_path: The file or folder.
            model_name: Letters, digits, ``-``, ``_``, ``.`` and spaces.
            tags: Labels that can change.
            properties: Labels that cannot.
            description: Markdown.
            datasets: Pairs of what it was for and a registered dataset.
            model_framework: Its framework, e.g. ``Model.Framework.SCIKITLEARN``.
            model_framework_version: That one's version.
            child_paths: With a folder: only these files of it.
            sample_input_dataset: Its id is kept, like that of ``sample_output_dataset``.
            sample_output_dataset: As above.
            resource_configuration: Kept as a text.
            **kwargs: Accepted and ignored.

        Raises:
            ModelPathNotFoundException: If there is no such file or folder.
            InvalidValueError: If the name is not accepted.
        """
        files = file.on_disk(model_path)
        if child_paths is not None:
            files = registration.chosen(files, Path(model_path), child_paths)
        record = registration.register(
            workspace, model_name, fill=lambda run_id: file.put(workspace.store, run_id, files), tags=tags,
            properties=properties, description=description, datasets=datasets, framework=model_framework,
            framework_version=model_framework_version, sample_input=sample_input_dataset,
            sample_output=sample_output_dataset, resources=resource_configuration,
        )  # fmt: skip
        return Model(workspace, _record=record)

    @staticmethod
    def list(
        workspace: Workspace, name: str | None = None, tags: object = None, properties: object = None,
        run_id: str | None = None, latest: bool = False, dataset_id: str | None = None, expand: bool = True,
        page_count: int = 255, model_framework: str | None = None,
    ) -> list[Model]:  # fmt: skip
        """The models that meet all conditions, the newest first.

        Args:
            workspace: Where.
            name: Only versions of this name.
            tags: A name, or a list of names and ``[name, value]`` pairs.
            properties: Likewise.
            run_id: Registered from this run.
            latest: Only the highest version of each name.
            dataset_id: Registered with this dataset.
            expand: Accepted and ignored, like ``page_count``.
            model_framework: Of this framework.
        """
        return [
            Model(workspace, _record=record)
            for record in registration.find_all(
                workspace, name=name, tags=tags, properties=properties, run_id=run_id, latest=latest,
                dataset_id=dataset_id, framework=model_framework,
            )
        ]  # fmt: skip

    @staticmethod
    def get_model_path(model_name: str, version: int | str | None = None, _workspace: Workspace | None = None) -> str:
        """A path on this disk at which a model lies; it is fetched if it is not there yet.

        It is put into ``azureml-models/<name>/<version>`` below the working folder.

        Args:
            model_name: Its name.
            version: Its number; the highest if None.
            _workspace: Where it is registered. None means that of the run that this process was submitted as, else the
                one that `Workspace.from_config` finds.

        Raises:
            ModelNotFoundException: If there is none.
        """
        found = Model(_workspace or registration.workspace_here(), model_name, version=version)
        folder = Path.cwd() / MODELS_FOLDER / found.name / str(found.version)
        return str(file.write(found.workspace.store, found._record.run_id, folder, exist_ok=True))

    @property
    def id(self) -> str:
        """``name:version``."""
        return f"{self.name}:{self.version}"

    @property
    def url(self) -> str:
        """A text that stands for the version in this workspace."""
        return f"aml://asset/{self.id}"

    @property
    def run_id(self) -> str | None:
        """The run that it was registered from, or None."""
        return self._record.properties.get(SOURCE_RUN)

    @property
    def run(self) -> Run | None:
        """The run that it was registered from; None if there was none, or it was deleted."""
        try:
            return None if self.run_id is None else self._workspace.get_run(self.run_id)
        except (NotFoundError, GoneError):
            return None

    @property
    def experiment_name(self) -> str | None:
        """The experiment of the run that it was registered from, or None."""
        run = self.run
        return None if run is None else run.experiment.name

    @property
    def created_by(self) -> dict[str, str | None]:
        """Who registered it: ``userName``."""
        return {"userName": self._record.submitted_by}

    @property
    def model_framework(self) -> str | None:
        """Its framework, as given."""
        return self._record.definition.get("framework")

    @property
    def model_framework_version(self) -> str | None:
        """That one's version, as given."""
        return self._record.definition.get("framework_version")

    @property
    def datasets(self) -> Mapping[str, Sequence[str]]:
        """The ids of the datasets it was registered with, by what they were for."""
        return registration.by_purpose(self._record)

    def download(
        self, target_dir: str | os.PathLike[str] = ".", exist_ok: bool = False, exists_ok: bool | None = None
    ) -> str:
        """Write the model's file or folder into a folder.

        Args:
            target_dir: The folder; made if it is not there.
            exist_ok: Replace what is there.
            exists_ok: Deprecated spelling of ``exist_ok``.

        Returns:
            The path of the file or folder.

        Raises:
            ConflictError: If it is there.
        """
        replace = exist_ok if exists_ok is None else exists_ok
        store = self._workspace.store
        return str(file.write(store, self._record.run_id, Path(os.path.abspath(target_dir)), exist_ok=replace))  # noqa: PTH100

    def delete(self) -> None:
        """Delete this version with its files; its number is not used again. Runs are not touched."""
        self._remove()

    def update(
        self, tags: Mapping[str, object] | None = None, description: str | None = None,
        sample_input_dataset: object = None, sample_output_dataset: object = None,
        resource_configuration: object = None,
    ) -> None:  # fmt: skip
        """Change the version; what is None stays.

        Args:
            tags: Instead of all that it has.
            description: Markdown.
            sample_input_dataset: Its id is kept, like that of ``sample_output_dataset``.
            sample_output_dataset: As above.
            resource_configuration: Kept as a text.
        """
        changes: dict[str, Any] = {} if description is None else {"description": description}
        if tags is not None:
            changes["set_tags"] = registered.texts(tags)
            changes["remove_tags"] = tuple(key for key in self.tags if key not in changes["set_tags"])
        more = registration.references(
            sample_input=sample_input_dataset, sample_output=sample_output_dataset, resources=resource_configuration
        )
        if more:
            changes["definition"] = self._record.definition | more
        self._change(**changes)

    def add_tags(self, tags: Mapping[str, object]) -> None:
        """Add or replace tags."""
        self._change(set_tags=registered.texts(tags))

    def remove_tags(self, tags: str | Sequence[str]) -> None:
        """Remove tags by name; absent ones are no error."""
        self._change(remove_tags=(tags,) if isinstance(tags, str) else tuple(tags))

    def add_properties(self, properties: Mapping[str, object]) -> None:
        """Add properties, which are written once.

        Raises:
            ConflictError: If one is there with another value.
        """
        self._change(add_properties=registered.written_once(properties))

    def update_tags_properties(
        self, add_tags: Mapping[str, object] | None = None, remove_tags: Sequence[str] | None = None,
        add_properties: Mapping[str, object] | None = None,
    ) -> None:  # fmt: skip
        """All three in one step; see `add_tags`, `remove_tags` and `add_properties`."""
        self._change(
            set_tags=registered.texts(add_tags), remove_tags=tuple(remove_tags or ()),
            add_properties=registered.written_once(add_properties),
        )  # fmt: skip

    def add_dataset_references(self, datasets: Sequence[tuple[str, Any]]) -> None:
        """Add pairs of what it was for and a registered dataset."""
        known = [*self._record.definition.get("datasets", []), *registration.pairs(datasets)]
        self._change(definition=self._record.definition | {"datasets": known})

    def serialize(self) -> dict[str, Any]:
        """The version as a dictionary under the original's keys."""
        return registration.serialize(self)

    @staticmethod
    def deploy(*args: object, **kwargs: object) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("deployments of models", _SERVING)

    @staticmethod
    def package(*args: object, **kwargs: object) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("packages of models as images", _SERVING)

    @staticmethod
    def profile(*args: object, **kwargs: object) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("profiles of models", _SERVING)

    def __repr__(self) -> str:
        return (
            f"Model(workspace={self._workspace!r}, name={self.name}, id={self.id}, version={self.version}, "
            f"tags={self.tags}, properties={self.properties})"
        )


def _find(
    workspace: Workspace, name: str, version: int | str | None, tags: object, properties: object, run_id: str | None,
    framework: str | None,
) -> Record:  # fmt: skip
    """The version that meets all conditions."""
    try:
        if version is not None:
            return registry.find(workspace.store, Kind.MODEL, name, int(version))
        found = registration.find_all(
            workspace, name=name, tags=tags, properties=properties, run_id=run_id, latest=True, framework=framework
        )
        if found:
            return found[0]
    except (NotFoundError, ValueError) as error:
        raise ModelNotFoundException(
            f"There is no version {version} of a model {name!r} in this workspace.", hint="Model.list shows all."
        ) from error
    raise ModelNotFoundException(f"There is no such model {name!r} in this workspace.", hint="Model.list shows all.")
