"""Estimators are script configurations under other names."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.schema.error import RunConfigurationException
from runwatch.sdk.config.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from runwatch.sdk.environment.environment import Environment
from runwatch.sdk.estimator import Estimator, Gloo, Mpi, ParameterServer, PyTorch, SKLearn, TensorFlow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "train.py").write_text("")
    (tmp_path / "needs.txt").write_text("pandas\n\n# nothing\nnumpy>=1\n")
    return tmp_path


def test_a_plain_one_runs_in_the_python_that_submits(folder: Path) -> None:
    params = {"--data": "here", "--fast": "", "--lr": 0.1}
    made = Estimator(folder, entry_script="train.py", script_params=params, compute_target="c", use_gpu=True)
    launch = made.to_launch()
    assert launch.arguments == ("--data", "here", "--fast", "--lr", "0.1")
    assert (launch.environment.managed, made.run_config.target, made.conda_dependencies) == (False, "c", None)


def test_packages_make_an_environment(folder: Path) -> None:
    made = SKLearn(folder, entry_script="train.py", pip_packages=["pandas"], conda_packages=["numpy"])
    spec = made.to_launch().environment
    assert (spec.managed, spec.conda_packages) == (True, ("numpy",))
    assert spec.pip_packages == ("pandas", "scikit-learn")
    assert made.conda_dependencies is not None
    fixed = PyTorch(folder, entry_script="train.py", pip_requirements_file="needs.txt", framework_version="2.4")
    assert fixed.to_launch().environment.pip_packages == ("pandas", "numpy>=1", "torch==2.4.*")
    assert (
        not PyTorch(folder, entry_script="train.py", pip_packages=["a"], user_managed=True)
        .to_launch()
        .environment.managed
    )


def test_an_environment_or_an_image_may_be_given(folder: Path) -> None:
    environment = Environment("mine")
    made = TensorFlow(folder, entry_script="train.py", environment_definition=environment, pip_packages=["ignored"])
    assert made.run_config.environment is environment
    image = Estimator(folder, entry_script="train.py", custom_docker_image="an/image:1").to_launch().environment
    assert (image.image, image.managed) == ("an/image:1", False)


def test_distributions(folder: Path) -> None:
    def of(**given: object) -> object:
        config = Estimator(folder, entry_script="train.py", **given).run_config  # type: ignore[arg-type]
        return {"Mpi": config.mpi, "ParameterServer": config.tensorflow}.get(config.communicator, config.pytorch)

    assert of(node_count=2, process_count_per_node=2) == MpiConfiguration(2, 2)
    assert of(node_count=2, distributed_training=Mpi(3)) == MpiConfiguration(3, 2)
    assert of(node_count=2, distributed_backend="gloo") == PyTorchConfiguration("Gloo", 2, 2)
    assert of(node_count=2, distributed_training=Gloo(4)) == PyTorchConfiguration("Gloo", 4, 2)
    assert of(distributed_backend="ps", worker_count=3) == TensorflowConfiguration(3, 1)
    assert isinstance(of(distributed_training=ParameterServer(2, 2)), TensorflowConfiguration)
    for wrong in ({"distributed_backend": "smoke"}, {"distributed_training": 3}, {"inputs": ["x"]}):
        with pytest.raises(RunConfigurationException):
            of(**wrong)


def test_what_is_ignored_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Estimator(folder, entry_script="train.py", resume_from="x", _disable_validation=True)
    assert "resume_from of Estimator are ignored" in capsys.readouterr().err
