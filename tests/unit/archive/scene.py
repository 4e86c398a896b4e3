"""Runs with a bit of everything, and what makes two stores' runs equal."""

from __future__ import annotations

import math
import struct
from typing import Any

from msgspec.structs import asdict, replace

from runwatch.archive.form import Index
from runwatch.archive.indexing import make_index
from runwatch.schema.metric import Block, Column, ColumnType, Metric, MetricKind, Summary
from runwatch.schema.run import (
    CreateExperiment,
    ExitCause,
    ExitKind,
    ListExperiments,
    ListRuns,
    Run,
    RunError,
    RunStatus,
    RunWarning,
    UpdateExperiment,
    UpdateRun,
)
from runwatch.store.protocol import Store
from runwatch.store.zip.page import list_artifacts, list_metrics, read_parts
from runwatch.testing.sample import (
    NO_STEP,
    START_AT,
    Writer,
    append_file,
    block,
    column,
    get_run,
    integers,
    new_run,
    put_file,
    scalars,
    table,
)

ODD_FLOATS = struct.pack(
    "<9Q",
    0x7FF8000000000000,  # the usual NaN
    0x7FF8000000000123,  # NaNs with a payload, with a sign
    0xFFF800000000BEEF,
    0x8000000000000000,  # -0.0
    0x0000000000000000,
    0x7FF0000000000000,  # the infinities
    0xFFF0000000000000,
    0x0000000000000001,  # the smallest denormal
    0x7FEFFFFFFFFFFFFF,  # the largest number
)
ODD_NAMES = ("../x", "a/b", "con", "\u202eevil", "emoji 🙂", "line\nbreak", ".", "x" * 1_024, "=1+1", "LOSS", "loss")
ODD_PATHS = (
    "outputs/model.pkl", "Outputs/Model.pkl", "outputs/model.pkl/inner", "con.txt", "a:b", "end. ", "~/x", "-rf",
    "deep/" + "d" * 300 + "/leaf.json", "ünï/日本.txt", ".gitignore", "C:/boot.ini", "x\u202egnp.exe", "a*b?c|d<e>f",
    "/".join(["part" * 20] * 7) + "/end.txt",
)  # fmt: skip


def odd_block(name: str = "odd") -> Block:
    """One row for each odd float, beside columns of every type with missing cells."""
    rows = len(ODD_FLOATS) // 8
    columns = (
        Column(name="value", type=ColumnType.FLOAT, data=ODD_FLOATS, valid=b"\1" * 7 + b"\0\1"),
        column("step", [2**63 - 1, None, -(2**63), 0, 1, 2, 3, 4, 5]),
        column("", ["", None, "\0", "é", "\n", "=1", "🙂", "x" * 1_000, "nan"]),
        column("Value", [True, False, None, True, True, True, True, True, False]),
        column("mixed", [1.5, None, True, "x", 2**60, math.inf, False, -0.0, ""]),
        column("nothing", [None] * rows),
    )
    return Block(
        metric=name,
        kind=MetricKind.TABLE,
        rows=rows,
        columns=columns,
        times=integers([0, -1, 1, 2**62, -(2**62), 5, 5, 4, 3]),
        steps=integers([NO_STEP, 0, 0, -5, 2**63 - 1, 1, NO_STEP, 3, 2]),
        description="odd\nvalues",
    )


def fill(store: Store) -> Run:
    """A run with two children and a grandchild, which hold a bit of everything; returns the top."""
    made = store.runs.create_experiment(CreateExperiment(name="sample", tags={"team": "x", "none": None}))
    store.runs.update_experiment(UpdateExperiment(experiment_id=made.experiment_id, description="# about"))
    new_run(store, run_id="other")
    top = new_run(
        store,
        run_id="top~1.x:y@z+a",
        type="azureml.scriptrun",
        name="first",
        display_name="=HYPERLINK()",
        description="*text*",
        target="local",
        submitted_by="ada",
        host="machine",
        tags={"a": "1", "../b": None},
        properties={"p": "q"},
        params={"lr": 0.1, "deep": {"list": [1, None, "x"]}, "nan": math.nan, "big": 2**70},
        definition={"script": "train.py"},
    )
    writer = Writer(store, top.run_id)
    writer.append(odd_block(), scalars("plain", [1.0, 2.0]), dropped={"no room": 3})
    writer.append(scalars("plain", [3.0], steps=[7]), odd_block(), params={"late": [1]}, tags={"t": "u"})
    for number, name in enumerate(ODD_NAMES):
        writer.append(scalars(name, [float(number)]))
    writer.append(block("no rows", (column("value", []),), 0))
    writer.append(table("grows", {"a": [1, 2]}), table("grows", {"a": [0.5], "b": ["x"]}))
    for number, path in enumerate(ODD_PATHS):
        put_file(store, top.run_id, path, f"content {number}".encode())
    append_file(store, top.run_id, b"still growing", path="logs/user_log.txt")
    put_file(store, top.run_id, "empty", b"")
    _live(store, top.run_id)
    child = new_run(store, run_id="child", parent_run_id=top.run_id, created_at=START_AT + 1)
    put_file(store, child.run_id, "same", b"content 0")
    second = new_run(store, run_id="second", parent_run_id=top.run_id, status=RunStatus.RUNNING)
    Writer(store, second.run_id).append(scalars("loss", [0.5], steps=[1]))
    store.runs.update(UpdateRun(run_id=second.run_id, hidden=True, contact=True, at=START_AT + 9))
    new_run(store, "elsewhere", run_id="grandchild", parent_run_id=child.run_id)
    return get_run(store, top.run_id)


def _live(store: Store, run_id: str) -> None:
    """A life with a failure and a second attempt."""
    changes: list[dict[str, Any]] = [
        {"status": RunStatus.QUEUED, "reason": "waits"},
        {"status": RunStatus.RUNNING},
        {"status": RunStatus.FAILED, "error": RunError(message="no", details="Traceback\n…")},
        {"status": RunStatus.RUNNING, "reopen": True, "contact": True},
        {"add_warnings": (RunWarning(source="watcher", message="odd", count=2),)},
        {
            "status": RunStatus.COMPLETED,
            "exit": ExitCause(kind=ExitKind.COMPLETED, code=0, evidence="it said so", at=START_AT + 5),
        },
    ]
    for at, words in enumerate(changes):
        store.runs.update(UpdateRun(run_id=run_id, at=START_AT + at, **words))


def everything(store: Store) -> dict[str, Any]:
    """All runs of a store with all they hold, in a form that equals another store's exactly if they are identical."""
    runs = store.runs.list(ListRuns(hidden=True, limit=1_000)).runs
    return {run.run_id: holdings(store, run) for run in runs}


def holdings(store: Store, run: Run) -> dict[str, Any]:
    """One run with all it holds."""
    index = make_index(store, run.run_id, None)
    return {
        "record": asdict(replace(run, experiment_id="")) | {"params": repr(sorted(run.params.items()))},
        "metrics": index.metrics,
        "summaries": [_summaries(metric) for metric in list_metrics(store, run.run_id)],
        "artifacts": index.artifacts,
        "content": [b"".join(read_parts(store, each)) for each in list_artifacts(store, run.run_id)],
    }


def experiments(store: Store) -> list[tuple[str, str, dict[str, str | None]]]:
    """What the experiments of a store say of themselves."""
    found = store.runs.list_experiments(ListExperiments(view="all")).experiments
    return sorted((each.name, each.description, each.tags) for each in found)


def index_of(store: Store, run_id: str) -> Index:
    """The index of a run, without writing anything."""
    return make_index(store, run_id, None)


def _summaries(metric: Metric) -> tuple[str, list[str]]:
    """A metric's summary. Sums are rounded to what does not depend on the order of additions; SQLite keeps no -0.0."""
    return repr(replace(metric, columns=())), [repr(_rounded(each)) for each in metric.columns]


def _rounded(summary: Summary) -> dict[str, Any]:
    figures = {name: _positive(value) for name, value in asdict(summary).items()}
    return figures | {"sum": f"{summary.sum:.9g}", "sum_squares": f"{summary.sum_squares:.9g}"}


def _positive(value: Any) -> Any:
    return value + 0.0 if type(value) is float else value
