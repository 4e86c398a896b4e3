"""Pipelines: steps in the order of their data, what they make handed on, unchanged ones reused, failures told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runwatch import OutputFileDatasetConfig, Run
from runwatch.sdk.pipeline.data import PipelineData, PipelineParameter
from runwatch.sdk.pipeline.pipeline import Pipeline
from runwatch.sdk.pipeline.run import PipelineRun, StepRun
from runwatch.sdk.pipeline.step import PythonScriptStep, StepSequence
from tests.e2e.site import Site, console, ended, until, waits_for

pytestmark = pytest.mark.timeout(300)

PREPARE = """
import os, sys
os.makedirs(sys.argv[2], exist_ok=True)
with open(os.path.join(sys.argv[2], "rows.csv"), "w") as file:
    file.write("\\n".join(str(row) for row in range(int(sys.argv[1]))))
"""

TRAIN = """
import os, sys
from runwatch import Run
with open(os.path.join(sys.argv[1], "rows.csv")) as file:
    rows = file.read().split()
run = Run.get_context()
run.log("rows", len(rows))
run.parent.log("rows", len(rows))
with open(sys.argv[2], "w") as file:
    file.write("model of " + str(len(rows)))
print(os.environ["AZUREML_DATAREFERENCE_prepared"] == sys.argv[1])
"""


def two_steps(folder: Path, **settings: Any) -> list[PythonScriptStep]:
    """One step that writes rows, and one that counts them, named in the wrong order."""
    folder.mkdir(exist_ok=True)
    (folder / "prepare.py").write_text(PREPARE)
    (folder / "train.py").write_text(TRAIN)
    prepared, model = PipelineData("prepared"), PipelineData("model", pipeline_output_name="the_model")
    rows = PipelineParameter("rows", default_value=3)
    prepare = PythonScriptStep(
        "prepare.py", "prepare", [rows, prepared], outputs=[prepared], source_directory=folder, **settings
    )
    train = PythonScriptStep(
        "train.py", "train", [prepared, model], inputs=[prepared], outputs=[model], source_directory=folder, **settings
    )
    return [train, prepare]


WRITE = """
import os, sys
with open(os.path.join(sys.argv[1], "part.txt"), "w") as file:
    file.write("written")
"""

READ = """
import os, sys
from runwatch import Run
inputs = Run.get_context().input_datasets
print(open(os.path.join(sys.argv[1], "part.txt")).read(), inputs["given"] == sys.argv[1] == os.environ["given"])
"""


@pytest.fixture
def folder(site: Site, request: pytest.FixtureRequest) -> Path:
    made = site.folder / str(request.node.name)
    made.mkdir()
    return made


def done(site: Site, steps: list[Any], **settings: Any) -> PipelineRun:
    run = Pipeline(site.workspace, steps).submit("pipelines", **settings)
    ended(run)
    return run


def statuses(run: PipelineRun) -> dict[str | None, str]:
    return {step.display_name: step.get_status() for step in run.get_steps()}


def test_a_folder_of_one_step_is_the_input_of_another(site: Site, folder: Path) -> None:
    (folder / "write.py").write_text(WRITE)
    (folder / "read.py").write_text(READ)
    out = OutputFileDatasetConfig("out")
    write = PythonScriptStep("write.py", "write", [out], source_directory=folder)
    read = PythonScriptStep("read.py", "read", [out.as_input("given").as_mount()], source_directory=folder)
    first = done(site, [read])
    assert statuses(first) == {"write": "Completed", "read": "Completed"}
    (step,) = first.find_step_run("read")
    assert console(step) == "written True\n"
    (made,) = first.find_step_run("write")
    assert [name for name in made.get_file_names() if name.startswith("outputs/")] == ["outputs/out/part.txt"]
    again = done(site, [read, write])
    assert [run.is_reused for run in again.get_steps() if isinstance(run, StepRun)] == [True, True]


def test_data_are_handed_on_and_unchanged_steps_reused(site: Site, folder: Path, tmp_path: Path) -> None:
    first = done(site, two_steps(folder))
    assert isinstance(first, PipelineRun)
    assert (first.type, first.get_status()) == ("azureml.PipelineRun", "Completed")
    assert statuses(first) == {"prepare": "Completed", "train": "Completed"}
    (train,) = first.find_step_run("train")
    assert isinstance(train, StepRun)
    assert (train.type, train.parent, train.get_metrics()) == ("azureml.StepRun", first, {"rows": 3})
    assert first.get_metrics() == {"rows": 3}
    assert console(train) == "True\n"
    assert first.get_pipeline_output("the_model").download(tmp_path) == 1
    assert (tmp_path / "outputs" / "model").read_text() == "model of 3"

    copy = ended(first.resubmit())
    assert copy.get_status() == "Failed"
    assert "cannot be copied" in copy.get_details()["error"]["error"]["message"]
    assert statuses(first) == {"prepare": "Completed", "train": "Completed"}

    again = done(site, two_steps(folder))
    assert again.get_status() == "Completed"
    assert [step.is_reused for step in again.get_steps()] == [True, True]
    assert again.get_pipeline_output("the_model").download(tmp_path / "again") == 1

    # another source and another parameter: nothing may be reused
    (folder / "prepare.py").write_text(PREPARE + "\n# changed\n")
    changed = Pipeline(site.workspace, two_steps(folder), default_source_directory=str(folder))
    other = site.experiment.submit(changed, pipeline_parameters={"rows": 5}, tags={"a": "b"})
    ended(other)
    assert (other.get_status(), other.tags) == ("Completed", {"a": "b"})
    assert isinstance(other, PipelineRun)
    assert [step.is_reused for step in other.get_steps()] == [False, False]
    assert other.find_step_run("train")[0].get_metrics() == {"rows": 5}


def test_steps_run_again_when_they_are_told_to(site: Site, folder: Path) -> None:
    done(site, two_steps(folder))
    assert [step.is_reused for step in done(site, two_steps(folder), regenerate_outputs=True).get_steps()] == [
        False
    ] * 2
    never = done(site, two_steps(folder, allow_reuse=False))
    assert [step.is_reused for step in never.get_steps()] == [False, False]


def test_a_failed_step_fails_the_pipeline_and_ends_what_waits(site: Site, folder: Path) -> None:
    steps = two_steps(folder)
    (folder / "prepare.py").write_text("raise ValueError('no rows')")
    run = done(site, steps)
    assert run.get_status() == "Failed"
    assert "A step has failed: prepare." in run.get_details()["error"]["error"]["message"]
    assert statuses(run) == {"prepare": "Failed", "train": "Canceled"}


def test_what_does_not_need_the_failed_step_may_go_on(site: Site, folder: Path) -> None:
    (folder / "bad.py").write_text("raise SystemExit(3)")
    (folder / "good.py").write_text("print('good')")
    bad = PythonScriptStep("bad.py", source_directory=folder)
    good = PythonScriptStep("good.py", source_directory=folder)
    late = PythonScriptStep("good.py", "late", source_directory=folder)
    late.run_after(bad)
    run = done(site, [bad, good, late], continue_on_step_failure=True)
    assert run.get_status() == "Failed"
    assert statuses(run) == {"bad.py": "Failed", "good.py": "Completed", "late": "Canceled"}


def test_a_sequence_keeps_its_order(site: Site, folder: Path) -> None:
    gate = folder / "gate"
    (folder / "first.py").write_text(f"open({str(gate)!r}, 'w').close()")
    (folder / "second.py").write_text(f"import os; assert os.path.exists({str(gate)!r})")
    named: dict[str, Any] = {"source_directory": folder, "allow_reuse": False}
    sequence = StepSequence([PythonScriptStep("first.py", **named), [PythonScriptStep("second.py", **named)]])
    assert done(site, [sequence]).get_status() == "Completed"


def test_canceling_a_pipeline_ends_its_steps(site: Site, folder: Path) -> None:
    steps = two_steps(folder)
    (folder / "prepare.py").write_text(waits_for(folder / "never"))
    run = Pipeline(site.workspace, steps).submit("pipelines")
    until(lambda: statuses(run)["prepare"] == "Running")
    run.cancel()
    ended(run)
    assert run.get_status() == "Canceled"
    until(lambda: set(statuses(run).values()) == {"Canceled"})
    assert isinstance(Run.get(site.workspace, run.id), PipelineRun)
