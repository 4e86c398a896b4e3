"""Names of the original that belong to a cloud: each can be imported, and says at its first use what there is."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from runwatch.sdk import later


class _Kind(type):
    """Has every call of a class say that it is absent, whatever the original's members are called."""

    WHAT: ClassVar[str]
    NEAREST: ClassVar[str]

    def __call__(cls, *args: Any, **kwargs: Any) -> NoReturn:
        later.unsupported(cls.WHAT, cls.NEAREST)

    def __getattr__(cls, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
        later.unsupported(cls.WHAT, cls.NEAREST)


class Absent(metaclass=_Kind):
    """What all of them are.

    Attributes:
        WHAT: The part, in the plural.
        NEAREST: The nearest thing that works, as one sentence.
    """

    WHAT: ClassVar[str] = "such things"
    NEAREST: ClassVar[str] = "See docs/azureml.md."

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        later.unsupported(self.WHAT, self.NEAREST)


class Webservice(Absent):
    """A model behind a URL."""

    WHAT = "web services"
    NEAREST = "Load the file that model.download() gives in a service of your own."


class AciWebservice(Webservice):
    """As `Webservice`."""


class AksWebservice(Webservice):
    """As `Webservice`."""


class LocalWebservice(Webservice):
    """As `Webservice`."""


class AksEndpoint(Webservice):
    """As `Webservice`."""


class InferenceConfig(Webservice):
    """How a model is served."""


class Image(Absent):
    """A container image with a model."""

    WHAT = "images of models"
    NEAREST = "Copy the folder that model.download() gives into an image of your own."


class ContainerImage(Image):
    """As `Image`."""


class LinkedService(Absent):
    """A workspace of another service."""

    WHAT = "linked services"
    NEAREST = "Dataset.File.from_files and Dataset.Tabular.from_delimited_files read files and URLs."


class SynapseWorkspaceLinkedServiceConfiguration(LinkedService):
    """As `LinkedService`."""


class PrivateEndPoint(Absent):
    """A private address of a workspace."""

    WHAT = "private endpoints"
    NEAREST = "A team shares a workspace with 'runwatch up'; see docs/server.md."


class PrivateEndPointConfig(PrivateEndPoint):
    """As `PrivateEndPoint`."""


class DatabricksCompute(Absent):
    """A cluster of another service."""

    WHAT = "clusters of other services"
    NEAREST = "Use AmlCompute: a cluster on this machine."


class HDInsightCompute(DatabricksCompute):
    """As `DatabricksCompute`."""


class DataFactoryCompute(DatabricksCompute):
    """As `DatabricksCompute`."""


class AdlaCompute(DatabricksCompute):
    """As `DatabricksCompute`."""


class BatchCompute(DatabricksCompute):
    """As `DatabricksCompute`."""


class SynapseCompute(DatabricksCompute):
    """As `DatabricksCompute`."""


class KubernetesCompute(DatabricksCompute):
    """As `DatabricksCompute`."""


class Tensorboard(Absent):
    """TensorBoard over the logs of runs."""

    WHAT = "TensorBoards over the logs of runs"
    NEAREST = "The studio (runwatch open) draws every metric; run.download_files('logs') gives the logs to tensorboard."


class export_to_tensorboard(Tensorboard):  # noqa: N801 (the original's name)
    """Metrics as TensorBoard's files."""


class AutoMLStep(Absent):
    """A step of a pipeline that is more than a script."""

    WHAT = "pipeline steps of this kind"
    NEAREST = "Use a PythonScriptStep."


class HyperDriveStep(AutoMLStep):
    """As `AutoMLStep`."""


class DatabricksStep(AutoMLStep):
    """As `AutoMLStep`."""


class DataTransferStep(AutoMLStep):
    """As `AutoMLStep`."""


class ParallelRunStep(AutoMLStep):
    """As `AutoMLStep`."""


class ParallelRunConfig(AutoMLStep):
    """As `AutoMLStep`."""


class EstimatorStep(AutoMLStep):
    """As `AutoMLStep`."""


class MpiStep(AutoMLStep):
    """As `AutoMLStep`."""


class CommandStep(AutoMLStep):
    """As `AutoMLStep`."""


class RScriptStep(AutoMLStep):
    """As `AutoMLStep`."""


class PublishedPipeline(Absent):
    """A pipeline that others start over the web."""

    WHAT = "published pipelines"
    NEAREST = "Keep the script that builds the pipeline, and submit it again."


class PipelineEndpoint(PublishedPipeline):
    """As `PublishedPipeline`."""


class PipelineDraft(PublishedPipeline):
    """As `PublishedPipeline`."""


class Schedule(PublishedPipeline):
    """When a pipeline starts by itself."""

    WHAT = "schedules"
    NEAREST = "Have cron or a timer of systemd run the script that submits."


class ScheduleRecurrence(Schedule):
    """As `Schedule`."""


class Module(PublishedPipeline):
    """A step that is kept in the workspace."""

    WHAT = "modules of pipelines"
    NEAREST = "Share a function that makes the PythonScriptStep."


def prepare_compute_target(*args: object, **kwargs: object) -> NoReturn:
    """Deprecated in the original, and not here."""
    later.unsupported("compute targets to be prepared", "The environment of a run is built when it is submitted.")


is_compute_target_prepared = prepare_compute_target
attach_legacy_compute_target = prepare_compute_target
remove_legacy_compute_target = prepare_compute_target
