"""What a submitted script sees of its run, and what others see of what it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runwatch import Run
from runwatch.journal import location
from tests.e2e.site import Site, console, ended, until

pytestmark = pytest.mark.timeout(300)

CONTEXT = """
    import json, os, sys
    from runwatch import Run, Workspace
    from runwatch.sdk.submitted import _SubmittedRun

    run = Run.get_context(allow_offline=False)
    told = {
        "type": type(run) is _SubmittedRun, "same": Run.get_context() is run, "id": run.id, "number": run.number,
        "experiment": run.experiment.name, "parent": run.parent, "datasets": [run.input_datasets, run.output_datasets],
        "variables": {name: value for name, value in os.environ.items() if name.startswith(("RUNWATCH_", "AZUREML_"))},
        "cwd": sorted(os.listdir()), "workspace": run.experiment.workspace.place, "target": run.get_details()["target"],
    }
    with run as same:
        run.log("inside", 1)
    told["with"] = [same is run, run.get_status()]
    run.cancel()
    run.complete()
    told["complete"] = run.get_status()
    run.log("inside", 2)
    run.tag("colour", "blue")
    run.set_tags({"size": "2"})
    run.remove_tags(["size"])
    run.add_properties({"place": "here"})
    told["labels"] = [run.get_tags(), run.get_properties()["place"]]
    with open("made.txt", "w") as file:
        file.write("made")
    run.upload_file("outputs/uploaded.txt", "made.txt")
    with open("outputs/left.txt", "w") as file:
        file.write("left")
    run.log_param("lr", 0.5)
    told["metrics"] = run.get_metrics()
    told["details"] = run.get_details()["status"]
    told["same from elsewhere"] = Workspace.open(told["workspace"]).get_run(run.id) == run
    print(json.dumps(told))
"""

FAMILY = """
    import os, subprocess, sys, threading
    from multiprocessing import get_context
    from runwatch import Run

    run = Run.get_context()

    def log(name):
        for step in range(200):
            run.log(name, step, step=step)

    def spawned():
        log("spawned")

    if __name__ == "__main__":
        threads = [threading.Thread(target=log, args=(f"thread {k}",)) for k in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if (pid := os.fork()) == 0:
            log("forked")
            child = run.child_run("of a fork")
            child.log("depth", 2)
            child.complete()
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        worker = get_context("spawn").Process(target=spawned)
        worker.start()
        worker.join()
        assert worker.exitcode == 0
        small = "from runwatch import Run; Run.get_context().log('small', 1.0); print('small', Run.get_context().id)"
        subprocess.run([sys.executable, "-c", small], check=True)
        log("last")
        print(run.get_status())
"""

CHILDREN = """
    import time
    from runwatch import Run

    run = Run.get_context()
    child = run.child_run("quick")
    child.log("a", 1.0)
    child.complete()
    for number, child in enumerate(run.create_children(count=3)):
        child.log("number", number)
        child.log_list("list", [1, 2, 3])
        child.complete()
    failed = run.child_run("failed")
    failed.fail("it had to")
    left = run.child_run("left")
    left.log("a", 2.0)
    print(sorted(child.get_status() for child in run.get_children()))
"""


def told(run: Run) -> dict[str, Any]:
    """What the script printed as JSON."""
    assert run.status == "Completed", console(run)
    found = json.loads(console(run).splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_the_context_is_the_submitted_run(site: Site) -> None:
    run = site.run(CONTEXT)
    found = told(run)
    assert found["type"]
    assert found["same"]
    assert found["same from elsewhere"]
    assert (found["id"], found["number"], found["experiment"]) == (run.id, run.number, "tests")
    assert (found["parent"], found["datasets"], found["target"]) == (None, [{}, {}], "local")
    assert found["cwd"] == ["logs", "outputs", "train.py"]
    variables = found["variables"]
    assert {name: variables[name] for name in variables if name in {"RUNWATCH_RUN_ID", "AZUREML_RUN_ID"}} == {
        "RUNWATCH_RUN_ID": run.id, "AZUREML_RUN_ID": run.id,
    }  # fmt: skip
    assert (variables["RUNWATCH_WORKSPACE"], variables["RUNWATCH_EXPERIMENT"]) == (site.workspace.place, "tests")
    assert (variables["RUNWATCH_ATTEMPT"], variables["RUNWATCH_RANK"], variables["RUNWATCH_TARGET"]) == (
        "1",
        "0",
        "local",
    )
    assert {
        "AZUREML_ARM_SUBSCRIPTION", "AZUREML_ARM_RESOURCEGROUP", "AZUREML_ARM_WORKSPACE_NAME",
        "AZUREML_ARM_PROJECT_NAME",
        "AZUREML_RUN_TOKEN", "AZUREML_RUN_TOKEN_EXPIRY", "AZUREML_SERVICE_ENDPOINT", "AZUREML_EXPERIMENT_ID",
    } <= set(variables)  # fmt: skip


def test_the_script_does_not_settle_how_its_run_ends(site: Site) -> None:
    run = site.run(CONTEXT)
    found = told(run)
    assert found["with"] == [True, "Running"]
    assert (found["complete"], found["details"]) == ("Running", "Running")
    assert "run.cancel() does nothing" in console(run)
    assert found["labels"] == [{"colour": "blue"}, "here"]
    assert found["metrics"] == {"inside": [1, 2]}
    assert run.get_metrics() == {"inside": [1, 2]}
    assert run.params == {"lr": 0.5}
    assert run.get_tags() == {"colour": "blue"}
    assert {"outputs/uploaded.txt", "outputs/left.txt"} <= set(run.get_file_names())
    assert "made.txt" not in run.get_file_names()


def test_images_and_plots_of_a_script(site: Site) -> None:
    run = site.run(
        """
        from matplotlib.figure import Figure
        from runwatch import Run
        figure = Figure()
        figure.add_subplot().plot([1, 2, 3])
        Run.get_context().log_image("curve", plot=figure)
        """
    )
    assert run.status == "Completed", console(run)
    place = run.get_metrics()["curve"]
    assert place.startswith(f"aml://artifactId/ExperimentRun/dcid.{run.id}/")
    assert place.rpartition("/")[2] in run.get_file_names()


@pytest.mark.parametrize(
    ("words", "message", "details"),
    [
        ("run.fail('the data were empty')", "the data were empty", ""),
        ("run.fail(ValueError('no luck'))", "User program failed with ValueError: no luck", "ValueError: no luck"),
    ],
)
def test_a_script_that_fails_its_run_and_ends_well(site: Site, words: str, message: str, details: str) -> None:
    run = site.run(f"from runwatch import Run\nrun = Run.get_context()\n{words}\nprint(run.get_status())\n")
    assert console(run) == "Running\n"
    assert run.status == "Failed"
    error = run.get_details()["error"]["error"]
    assert (error["code"], error["message"]) == ("UserError", message)
    assert details in (error["debugInfo"] or {"stackTrace": ""})["stackTrace"]


def test_threads_forks_and_further_processes_lose_nothing(site: Site) -> None:
    run = site.run(FAMILY)
    assert run.status == "Completed", console(run)
    assert console(run).splitlines() == [f"small {run.id}", "Running"]
    metrics = run.get_metrics()
    assert metrics.pop("small") == 1.0
    assert metrics == {
        name: list(range(200)) for name in ("thread 0", "thread 1", "thread 2", "forked", "spawned", "last")
    }
    (child,) = run.get_children()
    assert (child.get_status(), child.get_metrics(), child.name) == ("Completed", {"depth": 2}, "of a fork")
    assert_shipped(site)


def test_children_that_a_script_makes(site: Site) -> None:
    run = site.run(CHILDREN)
    assert run.status == "Completed", console(run)
    children = list(run.get_children())
    assert console(run).splitlines() == [str(["Completed"] * 4 + ["Failed", "Running"])]
    assert all(child.parent == run for child in children)
    left = next(child for child in children if child.name == "left")
    until(lambda: left.get_status() == "Completed")
    found = {(child.name, json.dumps(child.get_metrics(), sort_keys=True)) for child in children}
    assert found == {
        ("quick", '{"a": 1.0}'), ("failed", "{}"), ("left", '{"a": 2.0}'),
        *((None, f'{{"list": [1, 2, 3], "number": {number}}}') for number in range(3)),
    }  # fmt: skip
    assert_shipped(site)


def test_a_child_that_a_script_submits_waits_for_its_slot(site: Site) -> None:
    source = site.source(
        "from runwatch import Run\nrun = Run.get_context()\nprint(run.parent.id)\nrun.parent.log('told', 1)\n"
    )
    run = site.run(
        f"""
        from runwatch import Run, ScriptRunConfig
        run = Run.get_context()
        child = run.submit_child(ScriptRunConfig({str(source)!r}, script="train.py"), tags={{"k": "v"}})
        details = child.wait_for_completion(wait_post_processing=True)
        print(details["status"])
        """
    )
    (child,) = run.get_children()
    assert console(run).splitlines()[-1] == "Completed"
    assert console(ended(child)) == f"{run.id}\n"
    assert child.get_tags() == {"k": "v"}
    assert run.get_metrics() == {"told": 1}


def assert_shipped(site: Site) -> None:
    """No journal waits for anybody."""
    place = location.journal_folder(site.workspace.place, "x").parent
    until(lambda: not [folder for folder in Path(place).iterdir() if (folder / "run.json").exists()])
