"""How the processes of a distributed job are counted and find each other, as the original names it."""

from __future__ import annotations

from typing import Any

from runwatch.schema.error import RunConfigurationException


class Distribution:
    """What the three kinds have in common: they are equal if their numbers are."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    __hash__ = None  # type: ignore[assignment]  # they can be changed

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"


class MpiConfiguration(Distribution):
    """The same number of processes on each node.

    Args:
        process_count_per_node: Processes on each node.
        node_count: Nodes.
    """

    def __init__(self, process_count_per_node: int = 1, node_count: int = 1) -> None:
        self.process_count_per_node = process_count_per_node
        self.node_count = node_count


class PyTorchConfiguration(Distribution):
    """The processes of ``torch.distributed``.

    Args:
        communication_backend: ``Nccl`` or ``Gloo``; for display, since the script chooses it.
        process_count: Processes in all; None means one a node.
        node_count: Nodes; the processes are spread evenly.
    """

    def __init__(
        self, communication_backend: str = "Nccl", process_count: int | None = None, node_count: int = 1
    ) -> None:
        self.communication_backend = communication_backend
        self.process_count = process_count
        self.node_count = node_count


class TensorflowConfiguration(Distribution):
    """Workers and parameter servers.

    Args:
        worker_count: Workers.
        parameter_server_count: Parameter servers, 0 or more.
    """

    def __init__(self, worker_count: int = 1, parameter_server_count: int = 1) -> None:
        self.worker_count = worker_count
        self.parameter_server_count = parameter_server_count


def count(value: Any, name: str, least: int = 1) -> int:
    """A number of processes or nodes.

    Raises:
        RunConfigurationException: It is not a whole number, or below the least.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise RunConfigurationException(
            f"{name} cannot be {value!r:.80}.", hint=f"Give a whole number, {least} or more."
        )
    return value
