"""An environment as a user describes it becomes a Python that has what it names."""

from __future__ import annotations

import msgspec

from runwatch import CondaDependencies, Environment
from runwatch.compute.environment.builder import build
from runwatch.schema.launch import EnvironmentSpec
from tests.unit.compute.environment.wheel import make_wheel
from tests.unit.compute.environment.workshop import Workshop, said_by


def test_from_the_users_words_to_a_python(workshop: Workshop) -> None:
    make_wheel(workshop.packages, "alpha", "1.5")
    make_wheel(workshop.packages, "torch", "2.1")
    packages = CondaDependencies.create(pip_packages=["alpha==1.5", "azureml-defaults"], conda_packages=["pytorch=2.1"])
    packages.set_pip_option("--no-index")
    packages.set_pip_option(f"--find-links {workshop.packages}")
    described = Environment("mine")
    described.python.conda_dependencies = packages
    spec = msgspec.convert(msgspec.to_builtins(described._to_spec()), EnvironmentSpec)  # the way a job's spec travels
    python = build(spec, workshop.place, workshop.log, None, workshop.provision)
    assert said_by(python, "import alpha, torch; print(alpha.VERSION, torch.VERSION)") == "1.5 2.1"
