"""Submitted scripts as the page "Monitor and view run logs and metrics" has them: rows S1 to S11 of its checklist."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from runwatch import (
    AmlCompute,
    ComputeTarget,
    CondaDependencies,
    Environment,
    Experiment,
    Run,
    RunConfiguration,
    ScriptRunConfig,
)
from runwatch.exceptions import ComputeTargetException, ExperimentExecutionException, UserErrorException
from tests.e2e.site import Site, console, ended, until, waits_for

pytestmark = pytest.mark.timeout(300)

PAGE = """
    import numpy as np
    from tqdm import tqdm
    from runwatch import Run

    run = Run.get_context()
    run.log_list(name='Fibonacci', value=[0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
    sines = {'angle': [], 'sine': []}
    for i in tqdm(range(-10, 10)):
        run.log(name='Sigmoid', value=1 / (1 + np.exp(-i)))
        angle = i / 2.0
        run.log_row(name='Cosine Wave', angle=angle, cos=np.cos(angle))
        sines['angle'].append(angle)
        sines['sine'].append(np.sin(angle))
    run.log_table(name='Sine Wave', value=sines)
"""

RIDGE = """
    import numpy as np
    from sklearn.datasets import load_diabetes
    from sklearn.linear_model import Ridge
    from sklearn.metrics import mean_squared_error
    from sklearn.model_selection import train_test_split
    from runwatch import Run

    run = Run.get_context()
    X, y = load_diabetes(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
    for alpha in np.arange(0.0, 1.0, 0.05):
        model = Ridge(alpha=alpha).fit(X_train, y_train)
        run.log('alpha', alpha)
        run.log('mse', mean_squared_error(y_test, model.predict(X_test)))
"""


def cluster(site: Site, name: str, nodes: int) -> ComputeTarget:
    """The boilerplate of the original's notebooks."""
    try:
        return ComputeTarget(site.workspace, name)
    except ComputeTargetException:
        made = ComputeTarget.create(site.workspace, name, AmlCompute.provisioning_configuration(max_nodes=nodes))
        made.wait_for_completion(show_output=True)
        return made


def test_s1_the_runs_of_a_cluster_with_links_to_run_and_experiment(site: Site) -> None:
    paused = cluster(site, "paused", 0)
    runs = [site.submit("", compute_target=paused) for _ in range(3)]
    listed = list(Run.list_by_compute(paused))
    assert listed == list(paused.get_active_runs()) == runs[::-1]
    for run in listed:
        assert run.get_portal_url() == f"{site.experiment.get_portal_url()}/runs/{run.id}"
        assert run.experiment.name == "tests"
        assert run.get_status() == "Queued"
    details = runs[2].get_detailed_status()
    assert details == {
        "status": "Queued",
        "details": "Number 3 in the queue of paused: it has no nodes; give it some with update(max_nodes=…).",
    }
    for run in runs:
        run.cancel()
    assert {run.get_status() for run in runs} == {"Canceled"}
    assert list(Run.list_by_compute(paused)) == []


def test_s2_queued_and_active_at_once_and_children_as_further_rows(site: Site) -> None:
    one, gate = cluster(site, "one-node", 1), site.gate()
    child = site.source(waits_for(gate))
    parent = site.submit(
        "from runwatch import Run, ScriptRunConfig\n"
        "run = Run.get_context()\n"
        f"child = run.submit_child(ScriptRunConfig({str(child)!r}, script='train.py', compute_target='one-node'))\n"
        "print(child.id, child.get_status(), child.parent == run)\n" + waits_for(gate),
        compute_target=one,
    )
    rows = until(lambda: found if len(found := list(Run.list_by_compute(one))) == 2 else None)
    assert {row.id for row in rows} > {parent.id}
    below = next(row for row in rows if row.id != parent.id)
    assert below.parent == parent
    waits = until(lambda: below.get_detailed_status()["details"])  # between two calls it is not in the queue yet
    assert waits == "Number 1 in the queue of one-node: its only node is busy."
    assert [run.id for run in Run.list_by_compute(one, status="Running")] == [parent.id]
    assert [run.id for run in Run.list_by_compute(one, status="Queued")] == [below.id]
    gate.touch()
    assert (ended(parent).status, ended(below).status) == ("Completed", "Completed")
    assert console(parent).splitlines() == [f"{below.id} Queued True"]
    assert list(parent.get_children()) == [below]
    # S3: what has ended has left the target, and is found in its experiment
    assert list(Run.list_by_compute(one)) == []
    assert {parent, below} <= set(site.experiment.get_runs(include_children=True))


def test_s3_a_run_that_has_ended_leaves_its_target(site: Site) -> None:
    other = cluster(site, "leaving", 1)
    run = site.run("print('done')", compute_target=other)
    assert list(Run.list_by_compute(other)) == list(other.get_active_runs()) == []
    assert run in list(Experiment(site.workspace, "tests").get_runs())
    assert Run.get(site.workspace, run.id).status == "Completed"


def test_s5_the_address_of_the_page(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(site.experiment, site.submit("", compute_target=cluster(site, "paused", 0)).id)
    assert run.get_portal_url() == f"{Path(site.workspace.place).as_uri()}#/experiments/tests/runs/{run.id}"
    monkeypatch.setenv("RUNWATCH_PORTAL_URL", "http://127.0.0.1:8765")
    assert run.get_portal_url() == f"http://127.0.0.1:8765/experiments/tests/runs/{run.id}"
    run.cancel()


def test_the_curves_of_the_page_come_back(site: Site) -> None:
    run = site.run(PAGE)
    metrics = run.get_metrics()
    angles = np.arange(-10, 10) / 2.0
    assert metrics["Fibonacci"] == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]
    assert metrics["Sigmoid"] == pytest.approx((1 / (1 + np.exp(-np.arange(-10, 10)))).tolist(), abs=0)
    assert metrics["Cosine Wave"] == {"angle": angles.tolist(), "cos": np.cos(angles).tolist()}
    assert metrics["Sine Wave"] == {"angle": angles.tolist(), "sine": np.sin(angles).tolist()}
    assert "20/20" in console(run)


def test_s8_the_lowest_error_is_chosen(site: Site) -> None:
    metrics = site.run(RIDGE).get_metrics()
    best = metrics["alpha"][np.argmin(metrics["mse"])]
    assert len(metrics["alpha"]) == len(metrics["mse"]) == 20
    assert best in np.arange(0.0, 1.0, 0.05).tolist()
    assert min(metrics["mse"]) == metrics["mse"][metrics["alpha"].index(best)] < metrics["mse"][-1]


def test_s11_outputs_logs_and_the_snapshot_of_the_folder(site: Site, tmp_path: Path) -> None:
    source = site.source(
        """
        import pathlib
        import package.part
        pathlib.Path("outputs/model.txt").write_text("weights")
        pathlib.Path("logs/extra.txt").write_text("more")
        print(sorted(str(path) for path in pathlib.Path().rglob("*") if "__pycache__" not in str(path)))
        """
    )
    (source / "package").mkdir()
    (source / "package" / "part.py").write_text("x = 1\n")
    (source / ".amlignore").write_text("*.bin\nsecret/\n")
    (source / "data.bin").write_bytes(b"x" * 100)
    (source / "secret").mkdir()
    (source / "secret" / "key.txt").write_text("not for others")
    run = ended(site.experiment.submit(ScriptRunConfig(source, script="train.py")))
    assert run.status == "Completed", console(run)
    assert {"outputs/model.txt", "logs/extra.txt"} <= set(run.get_file_names())
    assert "secret" not in console(run)
    kept = {path.relative_to(source).as_posix(): path.read_bytes() for path in source.rglob("*") if path.is_file()}
    del kept["data.bin"], kept["secret/key.txt"]
    archive = run.restore_snapshot(path=tmp_path)
    assert Path(archive).name == f"{run.get_snapshot_id()}.zip"
    with zipfile.ZipFile(archive) as opened:
        found = {name: opened.read(name) for name in opened.namelist() if not name.endswith("/")}
    assert found == kept
    again = site.experiment.submit(
        ScriptRunConfig(source, script="train.py", compute_target=cluster(site, "paused", 0))
    )
    assert again.get_snapshot_id() == run.get_snapshot_id()
    again.cancel()


def test_what_is_known_of_a_run_that_has_ended(site: Site) -> None:
    environment = Environment("mine")
    environment.python.user_managed_dependencies = True
    environment.environment_variables = {"COLOUR": "blue"}
    config = site.config(
        "import os, sys; print(os.environ['COLOUR'], sys.argv[1:])", arguments=["--alpha", 0.5, "--name", "x y"],
        environment=environment, max_run_duration_seconds=600,
    )  # fmt: skip
    run = ended(site.experiment.submit(config, tags={"a": "1"}))
    details = run.get_details()
    assert set(details) == {
        "runId", "target", "status", "startTimeUtc", "endTimeUtc", "services", "warnings", "properties",
        "inputDatasets", "outputDatasets", "runDefinition", "logFiles", "submittedBy",
    }  # fmt: skip
    assert (details["runId"], details["target"], details["status"]) == (run.id, "local", "Completed")
    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", details[f"{end}TimeUtc"]) for end in ("start", "end")
    )
    definition = details["runDefinition"]
    assert definition["script"] == "train.py"
    assert definition["arguments"] == ["--alpha", "0.5", "--name", "x y"]
    assert (definition["target"], definition["maxRunDurationSeconds"]) == ("local", 600)
    assert definition["environment"]["environmentVariables"] == {"COLOUR": "blue"}
    assert definition["history"]["directoriesToWatch"] == ["logs"]
    assert json.loads(json.dumps(details)) == details
    assert details["properties"]["ContentSnapshotId"] == run.get_snapshot_id()
    assert details["properties"]["azureml.runsource"] == "experiment"
    assert set(details["logFiles"]) == {"azureml-logs/65_job_prep.txt", "azureml-logs/70_driver_log.txt"}
    assert console(run) == "blue ['--alpha', '0.5', '--name', 'x y']\n"
    assert (run.type, run.status, run.tags) == ("azureml.scriptrun", "Completed", {"a": "1"})
    assert re.fullmatch(r"tests_\d{10}_[0-9a-f]{8}", run.id)


def test_all_logs_in_a_folder(site: Site, tmp_path: Path) -> None:
    run = site.run("open('logs/own.txt', 'w').write('mine')\nprint('hello')")
    paths = run.get_all_logs(destination=str(tmp_path / "logs"))
    texts = {Path(path).relative_to(tmp_path / "logs").as_posix(): Path(path).read_text() for path in paths}
    assert texts["azureml-logs/70_driver_log.txt"] == "hello\n"
    assert texts["logs/own.txt"] == "mine"
    assert "snapshot" in texts["azureml-logs/65_job_prep.txt"]


def test_the_environment_of_a_run_can_be_submitted_again(site: Site) -> None:
    given = Environment("packages")
    given.python.conda_dependencies = CondaDependencies.create(
        pip_packages=["numpy>=1.26"], conda_packages=["scikit-learn"], python_version="3.11"
    )
    given.environment_variables = {"A": "b"}
    run = site.submit("", compute_target=cluster(site, "paused", 0), environment=given)
    found = Run.get(site.workspace, run.id).get_environment()
    assert isinstance(found, Environment)
    assert found._to_spec() == given._to_spec()
    run.cancel()
    config = RunConfiguration()
    config.target = cluster(site, "paused", 0)
    plain = site.experiment.submit(ScriptRunConfig(site.source(""), script="train.py", run_config=config))
    plain.cancel()
    assert plain.get_environment().name == "default-environment"
    assert plain.get_environment().python.user_managed_dependencies
    with pytest.raises(UserErrorException, match="was not submitted"):
        site.experiment.start_logging(outputs=None, snapshot_directory=None).get_environment()


def test_what_cannot_be_submitted_leaves_no_run(site: Site) -> None:
    before = len(list(site.experiment.get_runs()))
    with pytest.raises(ExperimentExecutionException, match="no script"):
        site.experiment.submit(ScriptRunConfig(site.source(""), script="absent.py"))
    with pytest.raises(ComputeTargetException, match="ComputeTargetNotFound"):
        site.submit("", compute_target="nowhere")
    with pytest.raises(ExperimentExecutionException, match="str cannot be submitted"):
        site.experiment.submit("train.py")
    assert len(list(site.experiment.get_runs())) == before
