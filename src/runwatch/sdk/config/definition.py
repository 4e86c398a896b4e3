"""The run definition: what a run was submitted with, under the original's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runwatch.schema.launch import MAX_DURATION_S, Launch
from runwatch.sdk.config.environment import to_form

if TYPE_CHECKING:
    from runwatch.sdk.config.run import RunConfiguration


def definition(config: RunConfiguration, launch: Launch) -> dict[str, Any]:
    """See ``ScriptRunConfig.to_definition``.

    Args:
        config: Where and with what it runs.
        launch: What is started.
    """
    return {
        "script": launch.script or None,
        "command": command_text(launch.command),
        "useAbsolutePath": False,
        "arguments": list(launch.arguments),
        "sourceDirectoryDataStore": None,
        "framework": config.framework,
        "communicator": config.communicator,
        "target": config.target,
        "dataReferences": {},
        "data": {},
        "outputData": {},
        "jobName": None,
        "maxRunDurationSeconds": int(launch.max_duration_s or MAX_DURATION_S),
        "nodeCount": launch.nodes,
        "environment": to_form(launch.environment),
        "history": {
            "outputCollection": config.history.output_collection,
            "snapshotProject": config.history.snapshot_project,
            "directoriesToWatch": list(config.history.directories_to_watch),
        },
        "spark": None,
        "amlCompute": {
            "name": config.amlcompute.name,
            "vmSize": config.amlcompute.vm_size,
            "vmPriority": config.amlcompute.vm_priority,
            "retainCluster": config.amlcompute.retain_cluster,
            "clusterMaxNodeCount": config.amlcompute.cluster_max_node_count,
        },
        "mpi": {"processCountPerNode": config.mpi.process_count_per_node},
        "pyTorch": {
            "communicationBackend": config.pytorch.communication_backend.lower(),
            "processCount": config.pytorch.process_count,
        },
        "tensorflow": {
            "workerCount": config.tensorflow.worker_count,
            "parameterServerCount": config.tensorflow.parameter_server_count,
        },
        "docker": docker_form(config.docker),
        "environmentVariables": dict(launch.variables),
    }


def command_text(command: tuple[str, ...]) -> str:
    """A command on one line, as a shell would take it; empty if there is none."""
    import shlex

    return command[0] if len(command) == 1 else shlex.join(command)


def docker_form(docker: Any) -> dict[str, Any]:
    """The settings of a container; those of no object are the original's defaults."""
    return {
        "useDocker": bool(getattr(docker, "use_docker", False)),
        "sharedVolumes": bool(getattr(docker, "shared_volumes", True)),
        "shmSize": str(getattr(docker, "shm_size", None) or "2g"),
        "arguments": [str(each) for each in getattr(docker, "arguments", None) or []],
    }
