"""``runwatch demo`` as a process: what it submits is trained and stored."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from runwatch.cli.column import parse_order
from runwatch.cli.demo import command, submission
from runwatch.cli.demo.training import ridge as ridge_script
from runwatch.cli.row import read_rows
from runwatch.schema.artifact import ListArtifacts, ReadArtifact
from runwatch.schema.error import UserErrorException
from runwatch.schema.job import ListTargets
from runwatch.schema.metric import ListMetrics, Metric, MetricKind
from runwatch.schema.run import ListRuns, Run, RunStatus
from runwatch.sdk import agent
from runwatch.store.location import open_store
from runwatch.store.protocol import Store


class Trained:
    """A workspace after the demo."""

    def __init__(self, place: Path, store: Store, answer: dict[str, Any], progress: str) -> None:
        self.place, self.store, self.answer, self.progress = place, store, answer, progress
        self.runs = store.runs.list(ListRuns(limit=100)).runs

    def metrics(self, run_id: str) -> dict[str, Metric]:
        return {metric.name: metric for metric in self.store.metrics.list(ListMetrics(run_id=run_id)).metrics}

    def values(self, run_id: str, name: str, column: str = "value") -> list[Any]:
        return [row["values"][column] for row in read_rows(self.store, run_id, name)]

    def children(self) -> list[Run]:
        return [run for run in self.runs if run.parent_run_id == self.answer["digits"]["run_id"]]


def _environment(place: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name != "RUNWATCH_STUDIO"},
        "RUNWATCH_WORKSPACE": str(place),
        "XDG_STATE_HOME": str(place.parent / "mpl"),
        "MPLCONFIGDIR": str(place.parent / "mpl"),
        "XDG_CACHE_HOME": str(place.parent / "mpl"),
    }


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The demo, run once for all tests of this file: some seconds of training."""
    folder = tmp_path_factory.mktemp("demo")
    place = folder / "workspace"
    ran = subprocess.run(
        [sys.executable, "-m", "runwatch.cli", "demo", "--json"],
        env=_environment(place),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert sorted(path.name for path in folder.iterdir() if path.name != "mpl") == ["workspace"]
    store = open_store(str(place), create=False)
    yield Trained(place, store, json.loads(ran.stdout), ran.stderr)
    store.close()
    down = [sys.executable, "-m", "runwatch.cli", "down"]
    subprocess.run(down, env=_environment(place), capture_output=True, timeout=60, check=True)
    deadline = time.monotonic() + 20
    while agent.is_there(str(place)):  # the demo's own left before it; this one came and goes with the server
        assert time.monotonic() < deadline, "an agent was left behind"
        time.sleep(0.1)


def test_it_ends_with_a_link_to_a_served_page(trained: Trained) -> None:
    link = trained.answer["link"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/experiments/digits-demo\?[^#]*#token=\S+", link)
    page, token = link.split("#token=")
    request = urllib.request.Request(page, headers={"authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert b'id="studio"' in answer.read()


def test_the_best_run_is_the_one_that_the_page_and_the_list_have_on_top(trained: Trained) -> None:
    digits = trained.answer["digits"]
    query = dict(parse_qsl(urlsplit(trained.answer["link"]).query))
    assert query["c"].split(",")[0] == query["s"].removeprefix("-"), "what decides is the first column"
    request = ListRuns(filter=query["q"], order=parse_order(query["s"]), include_children=query["flat"] == "1")
    first, *others = trained.store.runs.list(request).runs
    assert (first.run_id, first.display_name) == (digits["best_run_id"], digits["best_run"])
    assert {run.run_id for run in [first, *others]} == {run.run_id for run in trained.children()}


def test_every_run_is_there_and_completed(trained: Trained) -> None:
    assert {run.experiment for run in trained.runs} == {"diabetes-demo", "digits-demo"}
    assert len(trained.runs) == 2 + len(submission.LEARNING_RATES)
    assert {run.status for run in trained.runs} == {RunStatus.COMPLETED}
    assert not [warning for run in trained.runs for warning in run.warnings]


def test_the_best_alpha_is_found_as_the_page_does(trained: Trained) -> None:
    ridge = trained.answer["ridge"]
    alphas, errors = (trained.values(ridge["run_id"], name) for name in ("alpha", "mse"))
    assert alphas == pytest.approx(ridge_script.ALPHAS.tolist(), abs=0)
    assert len(errors) == len(alphas)
    best = int(np.argmin(errors))
    assert (ridge["alpha"], ridge["mse"]) == (alphas[best], errors[best])
    assert 2_500 < ridge["mse"] < 3_500


def test_the_four_curves_of_the_page(trained: Trained) -> None:
    run_id = trained.answer["ridge"]["run_id"]
    kinds = {name: metric.kind for name, metric in trained.metrics(run_id).items() if not name.startswith("system")}
    assert kinds == {
        "alpha": MetricKind.SCALAR,
        "mse": MetricKind.SCALAR,
        "Fibonacci": MetricKind.LIST,
        "Sigmoid": MetricKind.SCALAR,
        "Cosine Wave": MetricKind.TABLE,
        "Sine Wave": MetricKind.TABLE,
    }
    assert trained.values(run_id, "Fibonacci")[-1] == 89
    angles = np.array(trained.values(run_id, "Cosine Wave", "angle"))
    assert trained.values(run_id, "Cosine Wave", "cos") == np.cos(angles).tolist()
    assert trained.values(run_id, "Sine Wave", "sine") == np.sin(angles).tolist()
    assert len(angles) == 20


def test_every_epoch_of_every_learning_rate(trained: Trained) -> None:
    children = trained.children()
    assert sorted(run.params["learning_rate"] for run in children) == sorted(submission.LEARNING_RATES)
    for run in children:
        assert run.tags["model"] == "mlp"
        rows = list(read_rows(trained.store, run.run_id, "loss"))
        assert [row["step"] for row in rows] == list(range(submission.EPOCHS))
        losses = [row["values"]["value"] for row in rows]
        assert losses[-1] < losses[0] / 2
        assert trained.metrics(run.run_id)["weights"].kind is MetricKind.IMAGE
        assert trained.metrics(run.run_id)["confusion_matrix"].kind is MetricKind.CONFUSION_MATRIX
    last = {run.run_id: trained.values(run.run_id, "accuracy")[-1] for run in children}
    digits = trained.answer["digits"]
    assert digits["accuracy"] == max(last.values()) == last[digits["best_run_id"]]
    assert digits["accuracy"] > 0.95
    assert sorted(trained.values(digits["run_id"], "Learning rates", "accuracy")) == sorted(last.values())


def test_the_model_and_the_report_are_files_of_the_run(trained: Trained) -> None:
    best = trained.answer["digits"]["best_run_id"]
    paths = [
        file.path for file in trained.store.artifacts.list(ListArtifacts(run_id=best, prefix="outputs/")).artifacts
    ]
    assert paths == ["outputs/model.pkl", "outputs/report.json"]
    read = trained.store.artifacts.read
    report = json.loads(read(ReadArtifact(run_id=best, path="outputs/report.json")).data)
    assert report["accuracy"] == trained.answer["digits"]["accuracy"]
    model = pickle.loads(read(ReadArtifact(run_id=best, path="outputs/model.pkl")).data)
    assert (
        model.learning_rate_init
        == next(run for run in trained.children() if run.run_id == best).params["learning_rate"]
    )


def test_what_it_printed_is_in_the_log_of_the_run_and_was_followed(trained: Trained) -> None:
    ridge = trained.answer["ridge"]["run_id"]
    log = trained.store.artifacts.read(ReadArtifact(run_id=ridge, path="azureml-logs/70_driver_log.txt")).data.decode()
    assert f"alpha 0.00: mse {trained.values(ridge, 'mse')[0]:.2f}" in log
    assert "waves" in log
    assert "alpha 0.95" in trained.progress
    assert f"Execution Summary\n=================\nRunId: {ridge}" in trained.progress


def test_they_were_submitted_to_a_cluster_with_fewer_slots(trained: Trained) -> None:
    (cluster,) = trained.store.jobs.list_targets(ListTargets(name=trained.answer["cluster"])).targets
    submitted = [run for run in trained.runs if run.target == cluster.name]
    assert {run.type for run in submitted} == {"azureml.scriptrun"}
    assert len(submitted) == 1 + len(trained.children()) > cluster.slots == 2
    spans = [(run.started_at or 0.0, run.ended_at or 0.0) for run in submitted]
    assert max(sum(begin <= at < end for begin, end in spans) for at, _ in spans) <= 2
    assert all(
        trained.store.artifacts.list(ListArtifacts(run_id=run.run_id, prefix="snapshot/digits.py")).artifacts
        for run in submitted
    )


def test_the_commands_it_names_work(trained: Trained) -> None:
    best = trained.answer["digits"]["best_run_id"]
    words = ["runs", "-e", "digits-demo", "--sort", command.SORT, "-n", "1", "-c", "accuracy.last,p.learning_rate"]
    for line in (words, ["show", best], ["metrics", best, "loss"], ["logs", best]):
        ran = subprocess.run(
            [sys.executable, "-m", "runwatch.cli", *line],
            env=_environment(trained.place),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert re.search(r"accuracy|loss|lr ", ran.stdout)


def test_without_the_extras_it_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "NEEDED", ("numpy", "no_such_package_here"))
    with pytest.raises(UserErrorException) as caught:
        command.check_extras()
    assert "no_such_package_here" in caught.value.message
    assert 'pip install "runwatch[demo]"' in str(caught.value.hint)
