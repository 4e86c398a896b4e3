"""The original's estimators: a script and what it needs in one call; each is a `ScriptRunConfig` under another name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from runwatch.schema.error import RunConfigurationException
from runwatch.sdk import problem
from runwatch.sdk.config.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from runwatch.sdk.config.environment import spec_of
from runwatch.sdk.config.run import MAX_RUN_S
from runwatch.sdk.config.script import ScriptRunConfig
from runwatch.sdk.dataset.consumption import DatasetConsumptionConfig
from runwatch.sdk.environment.dependency import CondaDependencies
from runwatch.sdk.environment.environment import Environment


class Mpi(MpiConfiguration):
    """The same number of processes on each node.

    Args:
        process_count_per_node: That number.
    """

    def __init__(self, process_count_per_node: int = 1) -> None:
        super().__init__(process_count_per_node)


class Nccl(PyTorchConfiguration):
    """Processes of ``torch.distributed`` over NCCL.

    Args:
        process_count: Processes in all.
    """

    def __init__(self, process_count: int | None = None) -> None:
        super().__init__("Nccl", process_count)


class Gloo(PyTorchConfiguration):
    """Processes of ``torch.distributed`` over Gloo.

    Args:
        process_count: Processes in all.
    """

    def __init__(self, process_count: int | None = None) -> None:
        super().__init__("Gloo", process_count)


class ParameterServer(TensorflowConfiguration):
    """Workers and parameter servers."""


class Estimator(ScriptRunConfig):
    """A script, its parameters and its packages.

    Without packages it runs in the Python that submits; with some, in an environment that is built from them.

    Args:
        source_directory: The folder with the code.
        compute_target: A name or a `ComputeTarget`; ``local`` if None.
        vm_size: Accepted and ignored, like ``vm_priority``: clusters are not made on the way.
        vm_priority: As above.
        entry_script: Path of the script in the folder.
        script_params: Its arguments by name; an empty text makes an argument without a value.
        node_count: Nodes.
        process_count_per_node: Processes on each node.
        distributed_backend: ``mpi``, ``nccl``, ``gloo`` or ``ps``.
        distributed_training: Instead of it: `Mpi`, `Nccl`, `Gloo` or `ParameterServer`.
        use_gpu: Accepted and ignored: a job sees the GPUs of its slot.
        use_docker: Accepted and ignored: a container is used if ``custom_docker_image`` names one.
        custom_docker_image: The image.
        user_managed: Run in the Python that is there, whatever packages are named.
        conda_packages: Packages in conda's spelling.
        pip_packages: Packages in pip's spelling.
        conda_dependencies_file: A file in conda's format; it stands above the lists.
        pip_requirements_file: A requirements file.
        environment_variables: For the script.
        environment_definition: An `Environment` instead of all packages.
        inputs: Datasets as inputs.
        shm_size: Of a container.
        max_run_duration_seconds: The run is ended after so long.
        framework_version: Of the framework, where packages are named; the newest that fits if None.
        **kwargs: Older names of these; others are named in a line and ignored.
    """

    FRAMEWORK: ClassVar[str] = ""

    def __init__(
        self,
        source_directory: str | os.PathLike[str],
        *,
        compute_target: object = None,
        vm_size: str | None = None,
        vm_priority: str | None = None,
        entry_script: str | None = None,
        script_params: Mapping[str, Any] | None = None,
        node_count: int = 1,
        process_count_per_node: int = 1,
        distributed_backend: str | None = None,
        distributed_training: MpiConfiguration | PyTorchConfiguration | TensorflowConfiguration | None = None,
        use_gpu: bool = False,
        use_docker: bool = True,
        custom_docker_image: str | None = None,
        user_managed: bool = False,
        conda_packages: Sequence[str] | None = None,
        pip_packages: Sequence[str] | None = None,
        conda_dependencies_file: str | None = None,
        pip_requirements_file: str | None = None,
        environment_variables: Mapping[str, str] | None = None,
        environment_definition: Environment | None = None,
        inputs: Sequence[Any] | None = None,
        shm_size: str | None = None,
        max_run_duration_seconds: float | None = None,
        framework_version: str | None = None,
        **kwargs: Any,
    ) -> None:
        _say_what_is_ignored(type(self).__name__, kwargs)
        conda_file = conda_dependencies_file or kwargs.get("conda_dependencies_file_path")
        pip_file = pip_requirements_file or kwargs.get("pip_requirements_file_path")
        packages = _packages(source_directory, conda_packages, pip_packages, conda_file, pip_file)
        environment = environment_definition
        if environment is None:
            image = custom_docker_image or kwargs.get("custom_docker_base_image")
            environment = self._environment(None if user_managed else packages, framework_version, image)
        super().__init__(
            source_directory,
            script=entry_script,
            arguments=_arguments(script_params),
            compute_target=compute_target,
            environment=environment,
            distributed_job_config=_distribution(
                distributed_training, distributed_backend, node_count, process_count_per_node, kwargs
            ),
            max_run_duration_seconds=max_run_duration_seconds or MAX_RUN_S,
        )
        self.run_config.environment_variables = dict(environment_variables or {})
        self.run_config.data = _inputs(inputs)

    @property
    def conda_dependencies(self) -> CondaDependencies | None:
        """The packages of its environment; None if it runs in the Python that submits."""
        environment = self.run_config.environment
        return environment.python.conda_dependencies if spec_of(environment).managed else None

    def _environment(
        self, packages: CondaDependencies | None, framework_version: str | None, image: str | None
    ) -> Environment | None:
        if packages is None and not image:
            return None
        made = Environment(f"{type(self).__name__.lower()}-environment")
        made.docker.base_image = image
        if packages is None:
            made.python.user_managed_dependencies = True
            return made
        if self.FRAMEWORK:
            packages.add_pip_package(
                f"{self.FRAMEWORK}=={framework_version}.*" if framework_version else self.FRAMEWORK
            )
        made.python.conda_dependencies = packages
        return made


class PyTorch(Estimator):
    """An `Estimator` for torch."""

    FRAMEWORK = "torch"


class TensorFlow(Estimator):
    """An `Estimator` for tensorflow; for the backend ``ps`` also ``worker_count``, ``parameter_server_count``."""

    FRAMEWORK = "tensorflow"


class Chainer(Estimator):
    """An `Estimator` for chainer."""

    FRAMEWORK = "chainer"


class SKLearn(Estimator):
    """An `Estimator` for scikit-learn."""

    FRAMEWORK = "scikit-learn"


_USED = {
    "conda_dependencies_file_path", "pip_requirements_file_path", "custom_docker_base_image", "worker_count",
    "parameter_server_count",
}  # fmt: skip


def _say_what_is_ignored(kind: str, given: Mapping[str, Any]) -> None:
    ignored = [name for name, value in given.items() if name not in _USED and not name.startswith("_") and value]
    if ignored:
        problem.say(f"{', '.join(ignored)} of {kind} are ignored.")


def _arguments(given: Mapping[str, Any] | None) -> list[Any]:
    named = (given or {}).items()
    return [part for name, value in named for part in ([name] if value in ("", None) else [name, value])]


def _inputs(given: Sequence[Any] | None) -> dict[str, Any]:
    wrong = [each for each in given or () if not isinstance(each, DatasetConsumptionConfig)]
    if wrong:
        raise RunConfigurationException(
            f"An input of an estimator cannot be a {type(wrong[0]).__name__}.",
            hint="Give dataset.as_named_input(name).as_mount().",
        )
    return {each.name: each for each in given or ()}


def _packages(
    folder: str | os.PathLike[str], conda: Sequence[str] | None, pip: Sequence[str] | None, conda_file: str | None,
    pip_file: str | None,
) -> CondaDependencies | None:  # fmt: skip
    """What is to be installed; None if nothing is named."""
    if conda_file is not None:
        return CondaDependencies(conda_dependencies_file_path=os.path.join(folder, conda_file))  # noqa: PTH118
    named = list(pip or ())
    if pip_file is not None:
        with open(os.path.join(folder, pip_file), encoding="utf-8") as lines:  # noqa: PTH118
            named += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not named and not conda:
        return None
    return CondaDependencies.create(pip_packages=named, conda_packages=list(conda or ()))


def _distribution(
    training: Any, backend: str | None, nodes: int, processes: int, given: Mapping[str, Any]
) -> MpiConfiguration | PyTorchConfiguration | TensorflowConfiguration | None:
    if training is None and backend is None:
        return MpiConfiguration(processes, nodes) if nodes > 1 or processes > 1 else None
    if isinstance(training, MpiConfiguration):
        return MpiConfiguration(training.process_count_per_node, nodes)
    if isinstance(training, PyTorchConfiguration):
        return PyTorchConfiguration(training.communication_backend, training.process_count, nodes)
    if isinstance(training, TensorflowConfiguration):
        return training
    if training is not None:
        raise RunConfigurationException(
            f"distributed_training cannot be a {type(training).__name__}.",
            hint="Give Mpi(), Nccl(), Gloo() or ParameterServer().",
        )
    name = str(backend).lower()
    if name == "mpi":
        return MpiConfiguration(processes, nodes)
    if name in {"nccl", "gloo"}:
        return PyTorchConfiguration(name.capitalize(), nodes * processes, nodes)
    if name == "ps":
        return TensorflowConfiguration(given.get("worker_count") or 1, given.get("parameter_server_count") or 1)
    raise RunConfigurationException(f"{backend!r:.80} is no distribution.", hint="Use mpi, nccl, gloo or ps.")
