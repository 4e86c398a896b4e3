"""The order of steps, and what no pipeline can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.schema.error import InvalidValueError, NotSupportedError
from runwatch.sdk.absent import ParallelRunStep
from runwatch.sdk.dataset.consumption import OutputFileDatasetConfig
from runwatch.sdk.pipeline.data import PipelineData, PipelineParameter
from runwatch.sdk.pipeline.order import ordered
from runwatch.sdk.pipeline.pipeline import Pipeline
from runwatch.sdk.pipeline.step import PipelineStep, PythonScriptStep, StepSequence, flat
from runwatch.sdk.workspace import Workspace


def step(
    name: str, reads: list[PipelineData] | None = None, makes: list[PipelineData] | None = None
) -> PythonScriptStep:
    return PythonScriptStep("a.py", name, inputs=reads, outputs=makes)


def names(steps: list[PipelineStep]) -> list[str]:
    return [each.name for each in ordered(steps)]


def test_what_is_needed_comes_first_and_is_found_by_itself() -> None:
    a, b = PipelineData("a"), PipelineData("b")
    first, second, third = step("first", makes=[a]), step("second", [a], [b]), step("third", [a, b])
    assert names([third, second, first]) == ["first", "second", "third"]
    assert names([third]) == ["first", "second", "third"]
    lone = step("lone")
    third.run_after(lone)
    assert names([third, second, first]) == ["first", "lone", "second", "third"]


def test_data_among_arguments_are_read_unless_they_are_made() -> None:
    a, b = PipelineData("a"), PipelineData("b")
    reader = PythonScriptStep("a.py", arguments=["--in", a, "--out", b], outputs=[b])
    assert list(reader.read) == ["a"]
    assert a.as_input("x").input_name == "x"
    renamed = a.as_input("x")
    maker = step("maker", makes=[a])
    assert renamed.producer is maker


def test_folders_that_are_read_by_another_step() -> None:
    out, own = OutputFileDatasetConfig("out"), OutputFileDatasetConfig("out")
    early = out.as_input("before")  # before any step is known to write it
    maker = PythonScriptStep("a.py", "maker", arguments=["--out", out, "--again", out.as_mount()])
    lone = PythonScriptStep("a.py", "lone", arguments=[own])  # read by nobody, so that its name may be any
    reader = PythonScriptStep("a.py", "reader", arguments=["--in", out.as_input()], inputs=[early.as_download()])
    assert sorted(names([reader, lone])) == ["lone", "maker", "reader"]
    assert names([reader]) == ["maker", "reader"]
    assert [each.name for each in maker.made] == ["out"]
    assert (maker.read, lone.made) == ({}, [])
    with pytest.raises(InvalidValueError, match="which no step makes"):
        ordered([PythonScriptStep("a.py", "x", arguments=[OutputFileDatasetConfig("y").as_input()])])
    with pytest.raises(InvalidValueError, match="cannot name data"):
        OutputFileDatasetConfig("a-b").as_input()


def test_sequences_and_lists() -> None:
    one, two, three, four = (step(str(number)) for number in range(4))
    found = flat([StepSequence([one, [two, three], four])])
    assert [each.name for each in found] == ["0", "1", "2", "3"]
    assert (two.before, three.before, four.before) == ([one], [one], [two, three])


def test_what_no_pipeline_can_be(workspace: Workspace) -> None:
    a = PipelineData("a")
    twice = [step("x", makes=[a]), step("y", makes=[a])]
    with pytest.raises(InvalidValueError, match="made by two steps, x and y"):
        ordered(list(twice))
    with pytest.raises(InvalidValueError, match="needs the data a, which no step makes"):
        ordered([step("x", [PipelineData("a")])])
    one, two = step("one"), step("two")
    one.run_after(two)
    two.run_after(one)
    with pytest.raises(InvalidValueError, match="one, two wait for one another"):
        ordered([one, two])
    for steps in ([], ["step"]):
        with pytest.raises(InvalidValueError):
            Pipeline(workspace, steps)
    with pytest.raises(NotSupportedError, match="PythonScriptStep"):
        ParallelRunStep(name="x")
    with pytest.raises(InvalidValueError, match="among its outputs"):
        step("x", makes=["text"])  # type: ignore[list-item]
    for wrong in ("a b", "1", ""):
        with pytest.raises(InvalidValueError):
            PipelineData(wrong)


def test_parameters_are_checked_before_anything_is_made(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    given = [PipelineParameter("n", 3), PipelineParameter("n", 4)]
    twice = Pipeline(workspace, [PythonScriptStep("a.py", arguments=given, source_directory=tmp_path)])
    with pytest.raises(InvalidValueError, match="Two parameters are called n"):
        twice.validate()
    once = Pipeline(workspace, [PythonScriptStep("a.py", arguments=given[:1], source_directory=tmp_path)])
    assert once.validate() == []
    with pytest.raises(InvalidValueError, match="has no parameter m"):
        once.submit("e", pipeline_parameters={"m": 1})
    assert workspace.experiments == {} or list(workspace.experiments["e"].get_runs()) == []
    with pytest.raises(NotSupportedError, match="published"):
        once.publish("name")
