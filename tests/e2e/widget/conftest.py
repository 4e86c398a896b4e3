"""A browser, and a store with runs of every kind, for the page half of the widget."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from playwright.sync_api import Browser

from runwatch import Experiment, Run, Workspace
from runwatch.sdk import home
from runwatch.sdk.watcher.recorder import INTERVAL_VARIABLE
from runwatch.server.app import make_app
from tests.e2e.studio.scene import Scene, fill
from tests.e2e.studio.window import chromium
from tests.e2e.surroundings import alone
from tests.e2e.widget.kernel import Kernel
from tests.e2e.widget.notebook import BUILT, Notebook
from tests.unit.server.served import Client, served

LOG = "azureml-logs/70_driver_log.txt"


class Shown(Struct, frozen=True):
    """Runs that only the widget's tests need, beside those of the studio's.

    Attributes:
        running: A run that goes on, with a coloured log, cards and curves.
        many: A run with two hundred metrics.
        structured: A run with a confusion matrix, a table and a mixed bag of kinds.
    """

    scene: Scene
    running: Run
    many: Run
    structured: Run
    client: Client


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all of them."""
    if not BUILT.exists():
        pytest.fail("The widget is not built; run 'make setup'.")
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The runs, in a workspace of their own, and a server over its store."""
    folder = tmp_path_factory.mktemp("widget")
    with alone(folder), pytest.MonkeyPatch.context() as patch:
        # A run that goes on would have charts of the machine after a while, and later tests more than they count.
        patch.setenv(INTERVAL_VARIABLE, "0")
        workspace = Workspace.open(folder / "workspace")
        scene = fill(workspace, tmp_path_factory.mktemp("scene"))
        with served(make_app(workspace.store)) as client:
            yield Shown(
                scene=scene,
                running=_running(Experiment(workspace, "resnet-sweep"), folder),
                many=_many(Experiment(workspace, "many")),
                structured=_structured(Experiment(workspace, "structured")),
                client=client,
            )
        home.close(str(folder / "workspace"))


@pytest.fixture
def notebook(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Notebook]]:
    """Opens pages: ``notebook()``, ``notebook(locale="fr-FR")``."""
    made: list[Notebook] = []

    def open_notebook(**settings: Any) -> Notebook:
        made.append(Notebook(browser, tmp_path, **settings))
        return made[-1]

    yield open_notebook
    for each in made:
        each.close()


def kernel_of(shown: Shown, run: Run, *, after_s: float = 0.0, **more: Any) -> Kernel:
    """A kernel that shows this run; of a run that goes on the clock stands so long after its start."""
    details = run.get_details()["runId"]
    found = shown.client.post("/api/v1/runs:get", {"run_id": details}).json()
    return Kernel(shown.client, details, (found["started_at"] or found["created_at"]) + after_s, **more)


def _running(experiment: Experiment, folder: Path) -> Run:
    run = experiment.start_logging(display_name="brave-fox", outputs=False)
    run.set_tags({"owner": "vision"})
    run.log_param("lr", 3e-4)
    run.log_param("batch", 128)
    for step in range(400):
        fall = math.exp(-step / 90)
        run.log("train/loss", 0.2 + 1.8 * fall + 0.05 * math.sin(step * 1.7), step=step)
        if step % 10 == 0:
            run.log("val/loss", 0.25 + 1.6 * fall, step=step)
            run.log("val/acc", 0.92 - 0.7 * fall, step=step)
            run.log("lr", 3e-4 * (1 - step / 400), step=step)
    run.log("parameters", 11_689_512)
    run.log("best/acc", 0.9131)
    run.log("backbone", "resnet18")
    lines = [f"epoch {epoch:3} train/loss {2 * math.exp(-epoch / 90):.4f}" for epoch in range(320)]
    lines[300] = "\x1b[31mUserWarning: grad norm 14.2 clipped to 10.0 (layer4.1.conv2)\x1b[0m"
    lines[310] = "\x1b[32m✓\x1b[0m checkpoint \x1b[1mbest.pt\x1b[0m written <b>not bold</b>"
    log = folder / "log.txt"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run.upload_file(LOG, str(log))
    run.flush()
    return run


def _many(experiment: Experiment) -> Run:
    run = experiment.start_logging(display_name="two hundred", outputs=False)
    for metric in range(200):
        for step in range(20):
            run.log(f"layer{metric:03}/norm", math.sin(step / 3 + metric), step=step)
    run.complete()
    return run


def _structured(experiment: Experiment) -> Run:
    run = experiment.start_logging(display_name="structured", outputs=False)
    labels = ["cat", "dog", "fox"]
    matrix = {"class_labels": labels, "matrix": [[30, 2, 1], [3, 41, 0], [0, 5, 22]]}
    run.log_confusion_matrix(
        "confusion", {"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data": matrix}
    )
    run.log_table("scores", {"name": ["a", "b", "c"], "score": [0.3, 0.9, 0.5], "n": [1, 2, 3]})
    for index in range(12):
        run.log("stopped", index % 3 == 0)
    run.log("once", 3)
    run.complete()
    return run
