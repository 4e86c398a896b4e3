"""The parts of an environment that users set attribute by attribute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from runwatch.sdk.environment.dependency import CondaDependencies

SHM_SIZE: Final = "2g"

DEFAULT_CPU_IMAGE: Final = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04"
DEFAULT_GPU_IMAGE: Final = "mcr.microsoft.com/azureml/openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04"
"""Images that the original starts jobs in by default; here they stand for nothing but what scripts say with them."""


@dataclass
class PythonSection:
    """Which Python.

    Attributes:
        user_managed_dependencies: True: a Python that is there. False: one that is built from `conda_dependencies`.
        interpreter_path: With ``user_managed_dependencies``: a path, a name, the folder of an environment. ``python``
            means the Python that submits the job.
        conda_dependencies: The packages.
        conda_dependencies_file: A file to read them from when the job is submitted; it wins.
        base_conda_environment: Kept, and not used.
    """

    user_managed_dependencies: bool = False
    interpreter_path: str = "python"
    conda_dependencies: CondaDependencies | None = field(default_factory=CondaDependencies)
    conda_dependencies_file: str | None = None
    base_conda_environment: str | None = None


@dataclass
class ContainerRegistry:
    """Where an image comes from; kept in memory only, and not used.

    Attributes:
        address: Host.
        username: Whoever may read there.
        password: Never written anywhere.
    """

    address: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass
class DockerSection:
    """The container that the environment asks for: used where an engine answers, which the log says.

    Attributes:
        enabled: Deprecated in the original for `DockerConfiguration`.
        base_image: The image.
        base_dockerfile: The text of a Dockerfile that makes it; or the path of one.
        base_image_registry: Where it comes from.
        arguments: Further arguments of ``docker run``.
        shared_volumes: The original's.
        shm_size: Size of the shared memory.
        gpu_support: The original's.
    """

    enabled: bool = False
    base_image: str | None = None
    base_dockerfile: str | None = None
    base_image_registry: ContainerRegistry = field(default_factory=ContainerRegistry)
    arguments: list[str] = field(default_factory=list)
    shared_volumes: bool = True
    shm_size: str | None = SHM_SIZE
    gpu_support: bool = True


class DockerConfiguration:
    """How a container of a job is run, where an engine answers (``docs/environment.md``).

    Args:
        use_docker: Run the job in the environment's image.
        shared_volumes: The original's.
        arguments: Further arguments of ``docker run``.
        shm_size: Size of the shared memory.
    """

    def __init__(
        self,
        use_docker: bool = False,
        shared_volumes: bool = True,
        arguments: list[str] | None = None,
        shm_size: str | None = SHM_SIZE,
    ) -> None:
        self.use_docker = use_docker
        self.shared_volumes = shared_volumes
        self.arguments = list(arguments or [])
        self.shm_size = shm_size
