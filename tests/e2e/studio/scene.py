"""Runs of every kind, recorded through the SDK as training code would record them."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Final

from msgspec import Struct
from PIL import Image

from runwatch import Dataset, Environment, Experiment, Model, Run, Workspace

FIBONACCI: Final = [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]
HOSTILE: Final = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>"
"""What must show as text wherever a user may put it."""
RUNS: Final = "document.title='broken in'"
ATTACKS: Final = {
    "<script>.txt": HOSTILE,
    "page.html": f'<!doctype html><body onload="{RUNS}">{HOSTILE}',
    "drawing.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUNS}">{HOSTILE}</svg>',
    "notes.md": f"# {HOSTILE}\n\n[link](javascript:{RUNS}) ![x](javascript:alert(1))\n\n{HOSTILE}",
    "links.log": f"\x1b]8;;javascript:{RUNS}\x07press\x1b]8;;\x07 \x1b[31mred\x1b[0m {HOSTILE}",
}
"""Files whose content would run if it were shown as what it claims to be."""


class Scene(Struct, frozen=True):
    """What is there.

    Attributes:
        page: The run with the four metrics of the page that the studio follows.
        runs: Runs of the experiment ``resnet-sweep``: curves of loss and accuracy, parameters and tags.
        parent: One of them, with three children.
        failed: A run of that experiment that failed with a traceback.
        pictures: A run with images over steps.
        hostile: A run whose every name and text is an attack.
        code: A run with a snapshot.
        recode: A run of the same experiment with another one, of which not everything had been committed.
    """

    page: Run
    runs: list[Run]
    parent: Run
    failed: Run
    pictures: Run
    hostile: Run
    code: Run
    recode: Run


def fill(workspace: Workspace, folder: Path) -> Scene:
    """Record them; the folder is for files on their way."""
    sweep = Experiment(workspace, "resnet-sweep")
    runs = [_train(sweep, number) for number in range(8)]
    parent = runs[1]
    for number in range(3):
        child = parent.child_run(name=f"fold-{number}")
        child.log("val/acc", 0.8 + number / 100)
        child.complete()
    code, recode = _code(Experiment(workspace, "code"), folder / "source")
    _registered(runs[0], folder / "registered")
    return Scene(
        page=_page(Experiment(workspace, "page")),
        runs=runs,
        parent=parent,
        failed=_failed(sweep),
        pictures=_pictures(Experiment(workspace, "pictures"), folder),
        hostile=_hostile(Experiment(workspace, "hostile"), folder),
        code=code,
        recode=recode,
    )


def _train(experiment: Experiment, number: int) -> Run:
    names = ("brave-fox", "calm-owl", "dry-heron", "keen-lynx", "pale-finch", "slow-ibex", "warm-mole", "bold-crane")
    chance = random.Random(number)
    run = experiment.start_logging(display_name=names[number], outputs=False)
    run.set_tags({"owner": "vision" if number % 2 else "speech", "seed": str(number % 3)})
    lr = (3e-4, 1e-3, 3e-3)[number % 3]
    for name, value in (("lr", lr), ("batch", 128 << number % 3), ("optimizer", "adam" if number % 2 else "sgd")):
        run.log_param(name, value)
    for step in range(300):
        fall = math.exp(-step / (60 + 8 * number))
        run.log("train/loss", 0.2 + 0.02 * number + 1.8 * fall + chance.gauss(0, 0.04), step=step)
        if step % 10 == 0:
            run.log("val/loss", 0.25 + 0.02 * number + 1.6 * fall + chance.gauss(0, 0.02), step=step)
            run.log("val/acc", 0.92 - 0.01 * number - 0.7 * fall + chance.gauss(0, 0.005), step=step)
    run.log("parameters", 11_689_512)
    run.complete()
    return run


def _registered(run: Run, folder: Path) -> None:
    """Two models, one of which is hostile, a dataset and an environment."""
    workspace = run.experiment.workspace
    folder.mkdir()
    rows = Dataset.Tabular.from_delimited_files(str(_written(folder / "rows.csv", "age,city\n31,Bern\n58,Basel\n")))
    rows = rows.filter(rows["age"] > 30).register(workspace, "train", description="Customers by city", tags={"year": 1})
    run.upload_file("outputs/model/weights.json", str(_written(folder / "weights.json", '{"bias": 0.1}')))
    run.upload_file("outputs/model/README.md", str(_written(folder / "README.md", "# Churn\n\nWho will leave.\n")))
    for number in (1, 2, 3):
        run.register_model(
            "churn", "outputs/model", tags={"stage": "test", "round": number}, properties={"threshold": 0.5},
            model_framework="ScikitLearn", model_framework_version="1.7", description="Who will leave, by month.",
            datasets=[("training", rows)],
        )  # fmt: skip
    Model.register(
        workspace, str(folder / "weights.json"), "x" * 200, description=HOSTILE, model_framework=HOSTILE,
        tags={"<b>tag</b>": HOSTILE}, properties={"<i>property</i>": HOSTILE}, datasets=[(HOSTILE, HOSTILE)],
    )  # fmt: skip
    environment = Environment.from_pip_requirements(
        "sklearn", str(_written(folder / "requirements.txt", "scikit-learn==1.7\npandas\n"))
    )
    environment.environment_variables = {"OMP_NUM_THREADS": "1"}
    environment.register(workspace)


def _written(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


def _page(experiment: Experiment) -> Run:
    run = experiment.start_logging(display_name="the page's own", outputs=False)
    run.log_list(name="Fibonacci", value=FIBONACCI)
    for i in range(-10, 10):
        run.log(name="Sigmoid", value=1 / (1 + math.exp(-i)))
    for i in range(-10, 10):
        run.log_row(name="Cosine Wave", angle=i / 2.0, cos=math.cos(i / 2.0))
    angles = [i / 2.0 for i in range(-10, 10)]
    run.log_table(name="Sine Wave", value={"angle": angles, "sine": [math.sin(angle) for angle in angles]})
    run.complete()
    return run


def _failed(experiment: Experiment) -> Run:
    run = experiment.start_logging(display_name="grey-wren", outputs=False)
    run.log("train/loss", 0.9, step=1)
    details = 'Traceback (most recent call last):\n  File "train.py", line 12, in <module>\nValueError: loss is NaN'
    run.fail(error_details=details, error_code="UserError")
    return run


def _pictures(experiment: Experiment, folder: Path) -> Run:
    run = experiment.start_logging(display_name="samples", outputs=False)
    for step in range(4):
        path = folder / f"sample-{step}.png"
        Image.new("RGB", (64, 48), (60 * step, 120, 255 - 60 * step)).save(path)
        run.log_image("samples", path=path)
    run.complete()
    return run


SCRIPT: Final = """\
\"\"\"Trains a network on digits.\"\"\"
import argparse

RATE = 3e-4  # found by a sweep


def train(epochs: int) -> float:
    loss = 1.0
    for epoch in range(epochs):
        loss *= 0.9
        print(f"epoch {epoch}: loss {loss:.3f}")
    return loss


""" + "".join(f"# remark {number}\n" for number in range(1, 101))
PATCH: Final = """\
diff --git a/train.py b/train.py
index 25ce07c..de74bf8 100644
--- a/train.py
+++ b/train.py
@@ -4,1 +4,1 @@ import argparse
-RATE = 3e-4  # found by a sweep
+RATE = 1e-3
"""


def _code(experiment: Experiment, folder: Path) -> tuple[Run, Run]:
    (folder / "conf").mkdir(parents=True)
    (folder / "train.py").write_text(SCRIPT)
    (folder / "conf" / "model.yaml").write_text("model:\n  width: 64\n  name: 'digits'  # a comment\n")
    (folder / "notes.md").write_text("# Digits\n\nTrain with `python train.py`.\n")
    (folder / "weights.bin").write_bytes(bytes(range(256)))
    Image.new("RGB", (64, 48), (60, 120, 200)).save(folder / "example.png")
    first = experiment.start_logging(display_name="first", snapshot_directory=str(folder), outputs=False)
    first.complete()
    changed = SCRIPT.replace("RATE = 3e-4  # found by a sweep", "RATE = 1e-3").replace("# remark 60\n", "")
    (folder / "train.py").write_text(changed)
    (folder / "conf" / "model.yaml").unlink()
    (folder / "extra.py").write_text("EXTRA = True\n")
    (folder / "weights.bin").write_bytes(bytes(range(255)))
    second = experiment.start_logging(display_name="second", snapshot_directory=str(folder), outputs=False)
    patch = folder / "patch"
    patch.write_text(PATCH)
    second.upload_file("git.diff", str(patch))
    second.complete()
    return first, second


def _hostile(experiment: Experiment, folder: Path) -> Run:
    run = experiment.start_logging(display_name=HOSTILE, description=HOSTILE, outputs=False)
    run.set_tags({"<b>tag</b>": HOSTILE, "owner": "javascript:document.title='broken in'"})
    run.log_param("<i>param</i>", HOSTILE)
    run.log(HOSTILE, 1.0)
    for step in range(5):
        run.log("<u>loss</u>", step)
    run.log_table("<table>", {"<td>": [HOSTILE, "x"], "n": [1, 2]})
    for name, text in ATTACKS.items():
        file = folder / "file"
        file.write_text(text)
        run.upload_file(f"outputs/{name}", str(file))
    run.fail(error_details=HOSTILE, error_code="UserError")
    return run
