"""Every import path of the original resolves, and every name behaves as the one table says."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

import azureml
from runwatch.importers.azureml.judge import Verdict, of_module, of_name
from runwatch.importers.azureml.table.further import FUNCTIONS, FURTHER
from runwatch.importers.azureml.table.judgement import ABSENT, ABSENT_MODULES, DIFFERS
from runwatch.importers.azureml.table.member import WATCHED, members
from runwatch.importers.azureml.table.module import MODULES
from runwatch.importers.azureml.table.result import RESULTS
from runwatch.importers.azureml.table.surface import SURFACE
from runwatch.schema.error import UserErrorException
from tests.unit.sdk.test_surface import accepted, misses, parameters

HOMES = {name: module for module, names in sorted(MODULES.items(), reverse=True) for name in names}
"""By name, the shortest module that has it."""

WHOLE = {"HyperDriveConfig", "AutoMLConfig"}
"""They can be made, and are refused when they are submitted."""

SIGNATURES = [(kind, member) for kind, known in FURTHER.items() for member in known]


def get(name: str) -> Any:
    return getattr(importlib.import_module(HOMES[name]), name)


def keywords_only(text: str) -> str:
    """The original's estimators take most arguments by name alone."""
    return text.replace(" *,", "")


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_module_has_the_names_of_the_table(module: str) -> None:
    found = importlib.import_module(module)
    assert {name for name in MODULES[module] if not hasattr(found, name)} == set()
    assert set(getattr(found, "__all__", ())) == MODULES[module]
    assert found.__doc__


def test_there_is_no_module_beside_the_table() -> None:
    found = {each.name for each in pkgutil.walk_packages(azureml.__path__, "azureml.")}
    assert {name for name in found if not name.rpartition(".")[2].startswith("_")} == set(MODULES) - {"azureml"}


def test_parts_are_there_without_being_imported() -> None:
    import azureml.core

    assert isinstance(azureml.core.run, ModuleType)
    assert azureml.core.workspace.Workspace is azureml.core.Workspace
    assert "Workspace" in dir(azureml.core)
    with pytest.raises(AttributeError):
        azureml.core.nothing  # noqa: B018


@pytest.mark.parametrize(("kind", "member"), SIGNATURES, ids=[f"{kind}.{member}" for kind, member in SIGNATURES])
def test_every_call_of_the_original_is_understood(kind: str, member: str) -> None:
    found = accepted(get(kind), member)
    stated = FURTHER[kind][member]
    if "*," not in stated:
        assert misses(parameters(stated), found) == []
        return
    wanted = {each.name: each.default for each in parameters(keywords_only(stated))}
    has = {each.name: each.default for each in found}
    rest = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in found)
    assert {name for name in wanted if name not in has and not rest} == set()
    assert {name for name in wanted if name in has and has[name] != wanted[name]} == set()


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_takes_what_the_original_takes(name: str) -> None:
    assert misses(parameters(FUNCTIONS[name]), list(inspect.signature(get(name)).parameters.values())) == []


@pytest.mark.parametrize("kind", sorted(WATCHED))
def test_all_members_are_in_the_table(kind: str) -> None:
    there = {member for member in dir(get(kind)) if not member.startswith("_")}
    assert there - members(kind) == set()


@pytest.mark.parametrize("name", sorted(name for name in ABSENT if name in HOMES and name not in WHOLE))
def test_what_is_not_supported_says_so_when_it_is_used(name: str) -> None:
    assert of_name(HOMES[name], name).verdict is Verdict.ABSENT
    with pytest.raises(UserErrorException) as caught:
        get(name)("given", "more")
    assert isinstance(caught.value, NotImplementedError)
    assert caught.value.hint


@pytest.mark.parametrize("module", sorted(ABSENT_MODULES))
def test_a_module_that_is_not_there_says_what_works_instead(module: str) -> None:
    for name in (module, f"{module}.deeper"):
        with pytest.raises(ModuleNotFoundError) as caught:
            importlib.import_module(name)
        assert ABSENT_MODULES[module] in str(caught.value)
        assert caught.value.name == module
    assert of_module(module).verdict is Verdict.ABSENT


def test_a_module_that_the_original_never_had_is_not_found_either() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"azureml\.nothing"):
        importlib.import_module("azureml.nothing")


def test_every_key_of_the_table_names_something() -> None:
    for key in {*ABSENT, *DIFFERS, *RESULTS}:
        name, _, member = key.partition("(")[0].partition(".")
        assert name in HOMES, key
        if member and name in {*WATCHED, *SURFACE, *FURTHER}:
            assert member in members(name), key
    assert not ABSENT.keys() & DIFFERS.keys()


def test_the_exceptions_are_those_of_runwatch() -> None:
    from azureml.exceptions import AzureMLException, UserErrorException

    assert issubclass(UserErrorException, AzureMLException)
    assert UserErrorException("words").message == "words"


def test_the_version_line_that_opens_notebooks() -> None:
    line = 'import azureml.core; print("SDK version:", azureml.core.VERSION)'
    done = subprocess.run([sys.executable, "-W", "error", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("SDK version: 1.62.0+runwatch")
    assert done.stderr == ""


def test_importing_the_face_loads_nothing_heavy() -> None:
    code = "import azureml.core, sys; print(*sorted(name for name in sys.modules if name.startswith('runwatch')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
