"""What a script run configuration becomes: what a job starts, and the run definition."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from runwatch import (
    ComputeTarget,
    MpiConfiguration,
    PyTorchConfiguration,
    RunConfiguration,
    ScriptRunConfig,
    TensorflowConfiguration,
    Workspace,
)
from runwatch.schema.error import ExperimentExecutionException, RunConfigurationException
from runwatch.schema.launch import EnvironmentSpec
from runwatch.sdk.config.environment import spec_of
from runwatch.sdk.environment.dependency import CondaDependencies
from runwatch.sdk.environment.environment import Environment
from runwatch.sdk.environment.section import DockerConfiguration
from runwatch.sdk.later import NotInThisVersionError

pytestmark = pytest.mark.usefixtures("clean_place")
EMPTY = inspect.Parameter.empty
NONE: Any = None
SIGNATURES: dict[Any, dict[str, Any]] = {
    ScriptRunConfig: {
        "source_directory": EMPTY,
        "script": None,
        "arguments": None,
        "run_config": None,
        "_telemetry_values": None,
        "compute_target": None,
        "environment": None,
        "distributed_job_config": None,
        "resume_from": None,
        "max_run_duration_seconds": 2592000,
        "command": None,
        "docker_runtime_config": None,
    },
    RunConfiguration: {
        "script": None,
        "arguments": None,
        "framework": None,
        "communicator": None,
        "conda_dependencies": None,
        "_history_enabled": None,
        "_path": None,
        "_name": None,
        "command": None,
    },
    MpiConfiguration: {"process_count_per_node": 1, "node_count": 1},
    PyTorchConfiguration: {"communication_backend": "Nccl", "process_count": None, "node_count": 1},
    TensorflowConfiguration: {"worker_count": 1, "parameter_server_count": 1},
}


@pytest.mark.parametrize("kind", SIGNATURES, ids=lambda kind: kind.__name__)
def test_signatures_are_the_originals(kind: Any) -> None:
    given = {name: each.default for name, each in inspect.signature(kind).parameters.items()}
    assert list(given.items()) == list(SIGNATURES[kind].items())


@pytest.fixture
def source() -> Path:
    Path("code/deep").mkdir(parents=True)
    Path("code/train.py").write_text("print(1)")
    Path("code/deep/train.py").write_text("print(2)")
    return Path("code")


def test_a_script_and_its_arguments(source: Path) -> None:
    given = ["--lr", 0.1, "--n", np.int64(3), "--f", np.float64(0.5), "--at", Path("data") / "x", True]
    launch = ScriptRunConfig(source, "train.py", given).to_launch()
    assert launch.script == "train.py"
    assert launch.arguments == ("--lr", "0.1", "--n", "3", "--f", "0.5", "--at", "data/x", "True")
    assert (launch.environment, launch.command, launch.framework) == (EnvironmentSpec(), (), "")
    assert (launch.nodes, launch.processes, launch.max_duration_s) == (1, 1, 2592000.0)
    assert launch.python == sys.executable
    assert launch.user
    assert launch.host


@pytest.mark.parametrize("named", ["deep/train.py", "./deep/../deep/train.py", Path("deep/train.py"), "absolute"])
def test_where_the_script_is(source: Path, named: Any) -> None:
    path = (source / "deep" / "train.py").absolute() if named == "absolute" else named
    assert ScriptRunConfig(str(source), path).to_launch().script == "deep/train.py"


@pytest.mark.parametrize("wrong", [{"a": 1}, [1], (1,), np.zeros(2), {1}, b"x", object()])
def test_an_argument_is_one_text(source: Path, wrong: object) -> None:
    with pytest.raises(RunConfigurationException, match=r"arguments\[1\] is a "):
        ScriptRunConfig(source, "train.py", ["--x", wrong])
    with pytest.raises(RunConfigurationException, match="Give a list"):
        ScriptRunConfig(source, "train.py", "--x 1")  # type: ignore[arg-type]


def test_a_script_that_is_not_there(source: Path) -> None:
    Path("outside.py").write_text("")
    with pytest.raises(ExperimentExecutionException, match=r"no script .*/code/none\.py"):
        ScriptRunConfig(source, "none.py").to_launch()
    with pytest.raises(ExperimentExecutionException, match="not in the folder"):
        ScriptRunConfig(source, "../outside.py").to_launch()
    with pytest.raises(ExperimentExecutionException, match="no folder"):
        ScriptRunConfig("nowhere", "train.py").to_launch()
    with pytest.raises(RunConfigurationException, match="what to run"):
        ScriptRunConfig(source).to_launch()


def test_a_command_instead(source: Path) -> None:
    assert ScriptRunConfig(source, command=["python", "train.py", 1]).to_launch().command == ("python", "train.py", "1")
    shell = ScriptRunConfig(source, command="python train.py > x")
    assert shell.to_launch().command == ("python train.py > x",)
    assert shell.to_definition()["command"] == "python train.py > x"
    assert ScriptRunConfig(source, command=["a", "b c"]).to_definition()["command"] == "a 'b c'"
    more: dict[str, Any]
    for more in ({"script": "train.py"}, {"arguments": ["x"]}):
        with pytest.raises(RunConfigurationException, match="A command has no script"):
            ScriptRunConfig(source, command="x", **more).to_launch()


def test_targets_by_name_and_as_objects(source: Path) -> None:
    workspace = Workspace.open("ws")
    assert ScriptRunConfig(source, "train.py").run_config.target == "local"
    assert ScriptRunConfig(source, "train.py", compute_target="gpu").run_config.target == "gpu"
    config = ScriptRunConfig(source, "train.py", compute_target=ComputeTarget(workspace, "local"))
    assert config.run_config.target == "local"
    config.run_config.target = SimpleNamespace(name="cpu")
    assert config.to_definition()["target"] == "cpu"


def test_a_run_configuration_stands_above_all_else(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = RunConfiguration(script="train.py", arguments=["--own", 1])
    own.target = "cpu"
    config = ScriptRunConfig(source, run_config=own, compute_target="gpu", max_run_duration_seconds=5)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "compute_target, max_run_duration_seconds" in said
    assert config.run_config is own
    assert (config.to_launch().script, config.to_launch().arguments) == ("train.py", ("--own", "1"))
    assert ScriptRunConfig(source, "deep/train.py", ["x"], run_config=own).to_launch().arguments == ("x",)
    assert capsys.readouterr().err == ""


def test_a_configuration_has_an_environment_to_be_changed_in_place(source: Path) -> None:
    config = RunConfiguration()
    assert ScriptRunConfig(source, "train.py", run_config=config).to_launch().environment == EnvironmentSpec()
    config.environment.python.user_managed_dependencies = True
    config.environment.python.interpreter_path = "/usr/bin/python3"
    launch = ScriptRunConfig(source, "train.py", run_config=config).to_launch()
    assert launch.environment == EnvironmentSpec(interpreter="/usr/bin/python3")
    config.environment = None
    assert spec_of(config.environment) == EnvironmentSpec()
    packages = CondaDependencies.create(pip_packages=["numpy"])
    assert spec_of(RunConfiguration(conda_dependencies=packages).environment).pip_packages == ("numpy",)


def test_environment_and_variables(source: Path) -> None:
    spec = EnvironmentSpec(name="torch", managed=True, pip_packages=("torch",))
    config = ScriptRunConfig(source, "train.py", environment=Environment._from_spec(spec))
    config.run_config.environment_variables = {"A": 1}  # type: ignore[dict-item]
    assert config.to_launch().environment == spec
    assert config.to_launch().variables == {"A": "1"}
    config.run_config.environment = "torch"
    with pytest.raises(RunConfigurationException, match="no environment"):
        config.to_launch()


@pytest.mark.parametrize(
    ("kind", "framework", "nodes", "processes", "servers"),
    [
        (MpiConfiguration(2, 3), "mpi", 3, 6, 0),
        (MpiConfiguration(), "mpi", 1, 1, 0),
        (PyTorchConfiguration(process_count=4, node_count=2), "pytorch", 2, 4, 0),
        (PyTorchConfiguration("Gloo", node_count=2), "pytorch", 2, 2, 0),
        (TensorflowConfiguration(3, 1), "tensorflow", 1, 4, 1),
        (TensorflowConfiguration(1, 0), "tensorflow", 1, 1, 0),
    ],
)
def test_processes(source: Path, kind: Any, framework: str, nodes: int, processes: int, servers: int) -> None:
    launch = ScriptRunConfig(source, "train.py", distributed_job_config=kind).to_launch()
    assert (launch.framework, launch.nodes, launch.processes) == (framework, nodes, processes)
    assert (launch.parameter_servers, launch.backend) == (servers, getattr(kind, "communication_backend", ""))


def test_a_kind_that_was_assigned_counts_without_a_communicator(source: Path) -> None:
    config = ScriptRunConfig(source, "train.py")
    config.run_config.mpi.process_count_per_node = 3
    config.run_config.node_count = 2
    assert (config.to_launch().framework, config.to_launch().processes) == ("mpi", 6)
    config.run_config.pytorch = PyTorchConfiguration(process_count=2)
    with pytest.raises(RunConfigurationException, match="Both MpiConfiguration and PyTorchConfiguration"):
        config.to_launch()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (PyTorchConfiguration(process_count=3, node_count=2), "3 processes cannot be spread evenly over 2 nodes"),
        (MpiConfiguration(0), "process_count_per_node cannot be 0"),
        (MpiConfiguration(1, NONE), "node_count cannot be None"),
        (TensorflowConfiguration(1, -1), "parameter_server_count cannot be -1"),
        (PyTorchConfiguration(process_count=True), "process_count cannot be True"),
        (PyTorchConfiguration("Carrier pigeon"), "communicator 'Carrier pigeon'"),
    ],
)
def test_numbers_that_cannot_be(source: Path, kind: Any, said: str) -> None:
    with pytest.raises(RunConfigurationException, match=said):
        ScriptRunConfig(source, "train.py", distributed_job_config=kind).to_launch()


def test_several_nodes_need_a_kind(source: Path) -> None:
    config = ScriptRunConfig(source, "train.py")
    config.run_config.node_count = 2
    with pytest.raises(RunConfigurationException, match="node_count is 2"):
        config.to_launch()
    config.run_config.mpi = MpiConfiguration(2, 3)
    with pytest.raises(RunConfigurationException, match="in one place and 3 in another"):
        config.to_launch()


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), "1h", True])
def test_durations_that_are_none(source: Path, wrong: Any) -> None:
    with pytest.raises(RunConfigurationException, match="max_run_duration_seconds"):
        ScriptRunConfig(source, "train.py", max_run_duration_seconds=wrong).to_launch()
    assert ScriptRunConfig(source, "train.py", max_run_duration_seconds=None).to_launch().max_duration_s is None


def test_what_no_configuration_is(source: Path) -> None:
    words: dict[str, Any]
    for words in ({"run_config": {}}, {"distributed_job_config": "mpi"}):
        with pytest.raises(RunConfigurationException, match="cannot be a"):
            ScriptRunConfig(source, "train.py", **words)
    with pytest.raises(NotInThisVersionError, match="resuming"):
        ScriptRunConfig(source, "train.py", resume_from=object())


def test_the_definition_has_the_originals_keys(source: Path) -> None:
    docker = SimpleNamespace(use_docker=True, shared_volumes=True, shm_size="4g", arguments=["--ipc=host"])
    config = ScriptRunConfig(source, "train.py", ["--lr", 0.1], docker_runtime_config=docker)
    found = config.to_definition()
    assert list(found) == [
        "script", "command", "useAbsolutePath", "arguments", "sourceDirectoryDataStore", "framework", "communicator",
        "target", "dataReferences", "data", "outputData", "jobName", "maxRunDurationSeconds", "nodeCount",
        "environment", "history", "spark", "amlCompute", "mpi", "pyTorch", "tensorflow", "docker",
        "environmentVariables",
    ]  # fmt: skip
    assert found["arguments"] == ["--lr", "0.1"]
    assert found["maxRunDurationSeconds"] == 2592000
    assert found["history"] == {"outputCollection": True, "snapshotProject": True, "directoriesToWatch": ["logs"]}
    assert found["docker"] == {
        "useDocker": True, "sharedVolumes": True, "shmSize": "4g", "arguments": ["--ipc=host"],
    }  # fmt: skip
    assert found["environment"]["name"] == "default-environment"
    assert json.loads(json.dumps(found)) == found


def test_container_settings_become_options_of_the_engine(source: Path) -> None:
    docker = DockerConfiguration(use_docker=True, arguments=["--cpus", "2"], shm_size="4g")
    config = ScriptRunConfig(source, "train.py", docker_runtime_config=docker)
    assert config.to_launch().container_arguments == ("--shm-size", "4g", "--cpus", "2")
    assert ScriptRunConfig(source, "train.py").to_launch().container_arguments == ()
