"""The demo's runs: more of them than its cluster has slots, the queue that they wait in, and what came of them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from runwatch import AmlCompute, ComputeTarget, Experiment, Run, ScriptRunConfig, Workspace
from runwatch.cli.column import parse_order
from runwatch.cli.table import TableColumn, show_table
from runwatch.cli.terminal import Terminal
from runwatch.journal import location
from runwatch.schema.error import ComputeTargetException
from runwatch.schema.metric import MetricColumn
from runwatch.schema.run import ListRuns
from runwatch.schema.run import Run as Recorded
from runwatch.sdk import agent, home
from runwatch.store.protocol import Store

CLUSTER: Final = "demo-cluster"
SLOTS: Final = 2
RIDGE: Final = "diabetes-demo"
DIGITS: Final = "digits-demo"
SOURCE: Final = Path(__file__).with_name("training")
EPOCHS: Final = 20
LEARNING_RATES: Final = (0.1, 0.03, 0.01, 0.003, 0.001)
LOOK_S: Final = 0.02
BUSY_S: Final = 5.0


@contextmanager
def serving(workspace: Workspace) -> Iterator[None]:
    """An agent for as long as the demo takes; if the workspace has one, or is a server's, that one does the work.

    Args:
        workspace: Where the demo's runs go.
    """
    where = workspace.place
    if not location.is_folder(where):
        yield
        return
    home.store(where)  # made here if need be: the agent only opens it
    with agent.serving(where):
        yield


def find_cluster(workspace: Workspace) -> ComputeTarget:
    """The cluster, made if it is not there."""
    try:
        return ComputeTarget(workspace, CLUSTER)
    except ComputeTargetException:
        return ComputeTarget.create(workspace, CLUSTER, AmlCompute.provisioning_configuration(max_nodes=SLOTS))


def submit_all(workspace: Workspace, cluster: ComputeTarget, parent: Run) -> tuple[Run, list[Run]]:
    """Submit the ridge regression, and a child of a run for each learning rate.

    Returns:
        The first, and the others.
    """
    ridge = Experiment(workspace, RIDGE).submit(
        ScriptRunConfig(SOURCE, script="ridge.py", compute_target=cluster), display_name="ridge"
    )
    networks = []
    for rate in LEARNING_RATES:
        arguments = ["--learning-rate", rate, "--epochs", EPOCHS]
        config = ScriptRunConfig(SOURCE, script="digits.py", arguments=arguments, compute_target=cluster)
        networks.append(parent.submit_child(config, display_name=f"lr-{rate:g}"))
    return ridge, networks


def show_queue(terminal: Terminal, cluster: ComputeTarget) -> None:
    """What the cluster works on, and what waits for it."""
    runs = list(cluster.get_active_runs())[::-1]
    told = [run.get_detailed_status() for run in runs]
    show_table(terminal, [
        TableColumn("NAME", [run.display_name for run in runs]),
        TableColumn("EXPERIMENT", [run.experiment.name for run in runs]),
        TableColumn("STATUS", [each["status"] for each in told]),
        TableColumn("WHY", [each["details"] or "" for each in told], rank=1),
    ])  # fmt: skip


def train(workspace: Workspace, terminal: Terminal) -> tuple[Run, Run]:
    """Submit everything, show the queue, follow the first run and wait for the others.

    Returns:
        The run of the ridge regression, and the parent of those of the digits.
    """
    cluster = find_cluster(workspace)
    experiment = Experiment(workspace, DIGITS)
    with experiment.start_logging(outputs=False, snapshot_directory=None, display_name="learning rates") as parent:
        parent.tag("data", "digits")
        ridge, networks = submit_all(workspace, cluster, parent)
        try:
            if not terminal.as_json:
                _await_busy([ridge, *networks])
                terminal.line(f"{1 + len(networks)} runs for the {SLOTS} slots of {CLUSTER}:")
                show_queue(terminal, cluster)
                terminal.line()
            ridge.wait_for_completion(show_output=True)
            for run in networks:
                run.wait_for_completion(wait_post_processing=True)
        except BaseException:
            _cancel([ridge, *networks])
            raise
        for rate, run in zip(LEARNING_RATES, networks, strict=True):
            accuracy = run.get_metrics("accuracy")["accuracy"][-1]
            parent.log_row("Learning rates", learning_rate=rate, accuracy=accuracy)
    return ridge, parent


def _await_busy(runs: list[Run]) -> None:
    """Wait until as many runs have left the queue as there are slots, so that what is shown is a queue at work."""
    until = time.monotonic() + BUSY_S
    while sum(run.get_status() != "Queued" for run in runs) < SLOTS and time.monotonic() < until:
        time.sleep(LOOK_S)


def _cancel(runs: list[Run]) -> None:
    for run in runs:
        run.cancel()
    for run in runs:
        run.wait_for_completion(wait_post_processing=True, raise_on_error=False)


def best_alpha(run: Run) -> tuple[float, float]:
    """The strength of regularization with the lowest error, and that error."""
    import numpy as np

    metrics = run.get_metrics()
    best = int(np.argmin(metrics["mse"]))
    return metrics["alpha"][best], metrics["mse"][best]


def best_child(store: Store, parent_id: str, order: str) -> tuple[Recorded, float]:
    """The run that a list of these runs has on top, and its accuracy after the last epoch.

    Args:
        store: Where they are.
        parent_id: Their parent.
        order: Of the list, as it is typed; of equal runs, the one made first is on top.
    """
    column = MetricColumn(metric="accuracy")
    page = store.runs.list(ListRuns(parent_run_id=parent_id, order=parse_order(order), columns=(column,), limit=1))
    summary = page.summaries[0][0]
    return page.runs[0], math.nan if summary is None else float(summary.last or 0.0)
