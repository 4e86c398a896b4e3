"""The Python that an environment is made from."""

from __future__ import annotations

import platform
import sys
from pathlib import Path
from threading import Event

import pytest

from runwatch.compute.environment import tool
from runwatch.compute.environment.log import BuildLog
from runwatch.compute.environment.python import probe
from runwatch.compute.environment.step import Steps
from runwatch.compute.environment.version import choose
from runwatch.schema.error import ExperimentExecutionException
from tests.unit.compute.environment.workshop import Workshop

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"


def chosen(asked: str, workshop: Workshop) -> Path:
    with BuildLog(workshop.log) as log:
        return choose(asked, Steps(log, Event(), tool.variables()), workshop.folder)


@pytest.mark.parametrize("asked", ["", MINOR, f"{MINOR}.*", f"={MINOR}", platform.python_version()])
def test_ours_without_the_virtual_environment_around_it(asked: str, workshop: Workshop) -> None:
    python = probe(chosen(asked, workshop))
    assert python.version == platform.python_version()
    assert python.prefix == sys.base_prefix


def test_another_patch_of_the_same_minor_is_taken_and_that_is_said(workshop: Workshop) -> None:
    assert probe(chosen(f"{MINOR}.99", workshop)).version.startswith(f"{MINOR}.")
    assert f"Python {MINOR}.99 is not on this machine: taking" in workshop.words()


def test_a_range(workshop: Workshop) -> None:
    assert probe(chosen(f">={MINOR},<4", workshop)).version >= MINOR


def test_one_that_is_nowhere_lists_those_that_are_there(workshop: Workshop) -> None:
    with pytest.raises(ExperimentExecutionException) as caught:
        chosen("3.99", workshop)
    assert "Python 3.99 is not on this machine" in str(caught.value)
    assert platform.python_version() in str(caught.value)


@pytest.mark.parametrize("asked", [">=3.9 --help", "three", "3.11 --help", "/usr/bin/python3"])
def test_what_is_no_version(asked: str, workshop: Workshop) -> None:
    with pytest.raises(ExperimentExecutionException, match="no version of Python"):
        chosen(asked, workshop)
