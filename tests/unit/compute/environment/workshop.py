"""A place to build environments in, with packages of its own, no network, and a Runwatch of one file."""

from __future__ import annotations

import subprocess
from pathlib import Path
from threading import Event

from runwatch.compute.environment.builder import build
from runwatch.compute.environment.provision import Provision
from runwatch.compute.environment.python import Python
from runwatch.schema.launch import EnvironmentSpec


class Workshop:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = folder / "environments"
        self.packages = folder / "packages"
        self.packages.mkdir(parents=True, exist_ok=True)
        self.log = folder / "build.txt"
        self.source = folder / "source" / "runwatch"
        self.source.mkdir(parents=True, exist_ok=True)
        (self.source / "__init__.py").write_text("STATE = 1\n")

    @property
    def provision(self) -> Provision:
        return Provision(source=str(self.source), version="9.9", requirements=())

    def spec(self, *pip_packages: str, python_version: str = "") -> EnvironmentSpec:
        options = ("--no-index", f"--find-links {self.packages}")
        return EnvironmentSpec(
            name="tests", managed=True, pip_packages=pip_packages, pip_options=options, python_version=python_version
        )

    def build(self, *pip_packages: str, cancel: Event | None = None, log: Path | None = None) -> Python:
        return build(self.spec(*pip_packages), self.place, log or self.log, cancel, self.provision)

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def ready(self) -> list[Path]:
        return sorted(self.place.glob("*/ready.json"))


def said_by(python: Python, code: str) -> str:
    """What a line of code prints under a Python, outside of any project."""
    done = subprocess.run([python.executable, "-c", code], cwd="/", env={}, capture_output=True, text=True, check=True)
    return done.stdout.strip()
