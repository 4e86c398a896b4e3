"""How many processes a run configuration asks for, on how many nodes, and whose rank variables they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from runwatch.schema.error import RunConfigurationException
from runwatch.schema.launch import Framework
from runwatch.sdk.config.distributed import (
    Distribution,
    MpiConfiguration,
    PyTorchConfiguration,
    TensorflowConfiguration,
    count,
)

if TYPE_CHECKING:
    from runwatch.sdk.config.run import RunConfiguration

MPI: Final = frozenset({"mpi", "openmpi", "intelmpi"})
"""Communicators of the original that are MPI, in small letters; the next ones are those of PyTorch."""

_TORCH: Final = frozenset({"nccl", "gloo"})


class Processes(Struct, frozen=True, kw_only=True):
    """What a configuration asks for; see `runwatch.schema.launch.Launch`."""

    framework: Framework = ""
    nodes: int = 1
    processes: int = 1
    parameter_servers: int = 0
    backend: str = ""


def processes(config: RunConfiguration) -> Processes:
    """What a configuration asks for.

    Raises:
        RunConfigurationException: It cannot be.
    """
    kind = _kind(config)
    if isinstance(kind, MpiConfiguration):
        nodes = _nodes(config, kind.node_count)
        per_node = count(kind.process_count_per_node, "process_count_per_node")
        return Processes(framework="mpi", nodes=nodes, processes=nodes * per_node)
    if isinstance(kind, PyTorchConfiguration):
        nodes = _nodes(config, kind.node_count)
        total = nodes if kind.process_count is None else count(kind.process_count, "process_count")
        return _even(Processes(framework="pytorch", nodes=nodes, processes=total, backend=kind.communication_backend))
    nodes = _nodes(config, 1)
    if isinstance(kind, TensorflowConfiguration):
        servers = count(kind.parameter_server_count, "parameter_server_count", 0)
        total = count(kind.worker_count, "worker_count") + servers
        return _even(Processes(framework="tensorflow", nodes=nodes, processes=total, parameter_servers=servers))
    if nodes > 1:
        raise RunConfigurationException(
            f"node_count is {nodes}, and nothing says how processes on several nodes find each other.",
            hint=f"Pass distributed_job_config=MpiConfiguration(node_count={nodes}), or one of the other kinds.",
        )
    return Processes()


def _kind(config: RunConfiguration) -> Distribution | None:
    """What the communicator says; if it says nothing, the one configuration that was changed."""
    communicator, framework = config.communicator.lower(), config.framework.lower()
    if communicator in MPI:
        return config.mpi
    if communicator in _TORCH:
        return config.pytorch
    if communicator == "parameterserver" and framework == "tensorflow":
        return config.tensorflow
    if communicator != "none":
        raise RunConfigurationException(
            f"The communicator {config.communicator!r:.80} of the framework {config.framework!r:.80} is not known.",
            hint="Use None, Mpi, Nccl or Gloo, or ParameterServer with TensorFlow.",
        )
    changed = [each for each in (config.mpi, config.pytorch, config.tensorflow) if each != type(each)()]
    if len(changed) > 1:
        names = " and ".join(type(each).__name__ for each in changed)
        raise RunConfigurationException(f"Both {names} are set.", hint="Set one, or say which with communicator.")
    return changed[0] if changed else None


def _nodes(config: RunConfiguration, of_kind: int) -> int:
    both = {count(config.node_count, "node_count"), count(of_kind, "node_count")} - {1}
    if len(both) > 1:
        raise RunConfigurationException(
            f"node_count is {config.node_count} in one place and {of_kind} in another.", hint="Set it once."
        )
    return both.pop() if both else 1


def _even(found: Processes) -> Processes:
    if found.processes % found.nodes:
        raise RunConfigurationException(
            f"{found.processes} processes cannot be spread evenly over {found.nodes} nodes.",
            hint="Make the number of processes a multiple of the number of nodes.",
        )
    return found
