"""What goes into an environment, and which environments are equal."""

from __future__ import annotations

import pytest

from runwatch.compute.environment.recipe import Recipe, asked_version, draw_up
from runwatch.schema.launch import EnvironmentSpec


def drawn(spec: EnvironmentSpec, *, with_conda: bool = False) -> tuple[Recipe, list[str]]:
    said: list[str] = []
    return draw_up(spec, "/usr/bin/python3", ["msgspec>=0.20"], with_conda, said.append), said


def test_the_order_does_not_matter_and_everything_else_does() -> None:
    spec = EnvironmentSpec(pip_packages=("b", "a==1"))
    same, _ = drawn(EnvironmentSpec(pip_packages=("a==1", "b", "b"), name="other", version="7"))
    assert drawn(spec)[0].digest == same.digest
    assert same.requirements == ("a==1", "b", "msgspec>=0.20")
    others = [
        EnvironmentSpec(pip_packages=("a==2", "b")),
        EnvironmentSpec(pip_packages=("a==1", "b"), pip_options=("--pre",)),
        EnvironmentSpec(pip_packages=("a==1", "b"), conda_packages=("c",)),
    ]
    assert len({drawn(other)[0].digest for other in [*others, spec]}) == 4


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("--extra-index-url https://packages.example?a=b", ("--extra-index-url=https://packages.example?a=b",)),
        ("--extra-index-url=https://packages.example", ("--extra-index-url=https://packages.example",)),
        ("-i  https://packages.example", ("--index-url=https://packages.example",)),
        ("--pre", ("--prerelease=allow",)),
        ("--trusted-host here", ("--allow-insecure-host=here",)),
        ("-f", ()),
        ("--target /somewhere", ()),
        ("--prefix=/somewhere", ()),
        ("https://x", ()),
    ],
)
def test_options(line: str, options: tuple[str, ...]) -> None:
    assert drawn(EnvironmentSpec(pip_options=(line,)))[0].options == options


def test_an_option_that_is_left_out_is_named_without_its_value() -> None:
    _, said = drawn(EnvironmentSpec(pip_options=("--proxy user:secret@host",)))
    assert said == ["option --proxy: left out, it is none of those that choose where packages come from."]


def test_with_conda_nothing_is_translated() -> None:
    spec = EnvironmentSpec(conda_packages=("pytorch=2", "python=3.11"), conda_channels=("x",), pip_packages=("a",))
    recipe, said = drawn(spec, with_conda=True)
    assert (recipe.conda, recipe.channels, said) == (("pytorch=2",), ("x",), [])
    assert recipe.requirements == ("a", "msgspec>=0.20")


def test_the_python_that_is_asked_for() -> None:
    assert asked_version(EnvironmentSpec(python_version="3.12", conda_packages=("python=3.11",))) == "3.12"
    assert asked_version(EnvironmentSpec(conda_packages=("numpy", "python=3.11"))) == "3.11"
    assert asked_version(EnvironmentSpec()) == ""
