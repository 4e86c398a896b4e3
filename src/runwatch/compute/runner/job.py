"""What a job folder asks for: ``job.json``, read once."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Process:
    """One process of a job. Texts are bytes here: no locale of this machine comes between the file and the kernel.

    Args:
        data: An entry of ``processes``.
        environment: What all processes of the job have.
    """

    def __init__(self, data: dict[str, Any], environment: dict[str, Any]) -> None:
        self.argv = [_bytes(word) for word in _list(data["argv"])]
        if not self.argv:
            raise ValueError("a process has an empty argv")
        both = {**environment, **_dict(data.get("environment") or {})}
        self.environment = {_bytes(name): _bytes(value) for name, value in both.items()}
        self.console = _bytes(data["console"])


class Job:
    """A job to run.

    Args:
        data: The content of ``job.json``.

    Attributes:
        cwd: The working folder of its processes.
        grace_s: How long they may take to end when told to.
        max_duration_s: How long they may run; None means for ever.
        wants_group: Whether to try for a control group.
        processes: In the order of their ranks.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        if data["v"] != 1:
            raise ValueError(f"version {data['v']} is not known")
        limit = data.get("max_duration_s")
        self.cwd = _bytes(data["cwd"])
        self.grace_s = float(data["grace_s"])
        self.max_duration_s = None if limit is None else float(limit)
        self.wants_group = bool(data.get("cgroup", True))
        self.processes = [Process(entry, _dict(data["environment"])) for entry in _list(data["processes"])]
        if not self.processes:
            raise ValueError("it has no processes")


def read_job(folder: str) -> Job:
    """The job of a folder.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is none.
    """
    with open(f"{folder}/job.json", "rb") as file:
        content = file.read()
    try:
        return Job(_dict(json.loads(content)))
    except KeyError as error:
        raise ValueError(f"{error} is missing") from None
    except (TypeError, AttributeError) as error:
        raise ValueError(str(error)) from None


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is no text")
    return text.encode("utf-8", "surrogateescape")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{type(value).__name__} where a list is due")
    return value


def _dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{type(value).__name__} where an object is due")
    return value
