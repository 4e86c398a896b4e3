"""What get_metrics returns, row by row of the original's table, and the typed reader."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from runwatch.schema.error import NotFoundError
from runwatch.sdk import run_metric
from runwatch.sdk.run import Run

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\r"
    b"IDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


def test_one_log_is_a_bare_scalar(run: Run) -> None:
    run.log("x", 1.5)
    assert run.get_metrics() == {"x": 1.5}


def test_several_logs_are_a_list_in_the_order_logged(run: Run) -> None:
    for value in (3.0, 1.0, 2.0):
        run.log("x", value)
    assert run.get_metrics() == {"x": [3.0, 1.0, 2.0]}


def test_a_list_of_one_is_a_bare_scalar_and_one_row_in_the_typed_reader(run: Run) -> None:
    run.log_list("x", [7])
    assert run.get_metrics() == {"x": 7}
    assert len(run.get_metric_rows("x")) == 1


def test_lists_are_flat_and_joined(run: Run) -> None:
    run.log_list("x", [0, 1, 1])
    run.log_list("x", (2, 3))
    assert run.get_metrics() == {"x": [0, 1, 1, 2, 3]}


def test_one_row_is_a_dictionary_of_scalars(run: Run) -> None:
    run.log_row("wave", angle=0.5, cos=0.87)
    assert run.get_metrics() == {"wave": {"angle": 0.5, "cos": 0.87}}


def test_several_rows_are_a_dictionary_of_lists_in_the_order_of_the_arguments(run: Run) -> None:
    for angle in (0.0, 0.5):
        run.log_row("wave", zeta=angle, alpha=angle + 1)
    found = run.get_metrics()["wave"]
    assert found == {"zeta": [0.0, 0.5], "alpha": [1.0, 1.5]}
    assert list(found) == ["zeta", "alpha"]


def test_a_table_is_a_dictionary_of_lists(run: Run) -> None:
    run.log_table("t", {"a": [1, 2], "b": ["x", "y"]})
    run.log_table("t", {"a": [3], "b": ["z"]})
    assert run.get_metrics() == {"t": {"a": [1, 2, 3], "b": ["x", "y", "z"]}}


def test_rows_with_different_columns_stay_in_step(run: Run) -> None:
    run.log_row("t", a=1)
    run.log_row("t", b=2.5)
    run.log_row("t", a=3, b=4.5)
    assert run.get_metrics() == {"t": {"a": [1, None, 3], "b": [None, 2.5, 4.5]}}


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("log_confusion_matrix", "confusion_matrix"),
        ("log_accuracy_table", "accuracy_table"),
        ("log_residuals", "residuals"),
        ("log_predictions", "predictions"),
    ],
)
def test_charts_are_addresses_or_what_they_hold(run: Run, call: str, name: str) -> None:
    content = {"schema_type": name, "schema_version": "1.0.0", "data": {"matrix": [[3, 1], [0, 4]]}}
    getattr(run, call)("My chart", content)
    address = f"aml://artifactId/ExperimentRun/dcid.{run.id}/My chart"
    assert run.get_metrics() == {"My chart": address}
    assert run.get_metrics(populate=True) == {"My chart": content}
    assert run.get_file_names() == ["My chart"]


def test_images_are_addresses_or_pictures(run: Run, tmp_path: Path) -> None:
    Path("plot.png").write_bytes(PIXEL)
    run.log_image("picture", path="plot.png")
    assert run.get_metrics() == {"picture": f"aml://artifactId/ExperimentRun/dcid.{run.id}/plot.png"}
    assert isinstance(run.get_metrics(populate=True)["picture"], Image.Image)


def test_the_same_image_path_again_keeps_both(run: Run) -> None:
    Path("plot.png").write_bytes(PIXEL)
    run.log_image("picture", path="plot.png")
    run.log_image("picture", path="plot.png")
    prefix = f"aml://artifactId/ExperimentRun/dcid.{run.id}/"
    assert run.get_metrics()["picture"] == [f"{prefix}plot.png", f"{prefix}plot_2.png"]


def test_one_name_is_asked_for(run: Run) -> None:
    run.log("x", 1)
    run.log("y", 2)
    assert run.get_metrics("y") == {"y": 2}
    assert run.get_metrics(name="z") == {}


def test_recursive_gives_the_tree_without_silent_runs(run: Run) -> None:
    child = run.child_run("c")
    grandchild = child.child_run("g")
    silent = run.child_run("s")
    run.log("x", 1)
    grandchild.log("x", 2)
    grandchild.flush()
    found = run.get_metrics(recursive=True)
    assert found == {run.id: {"x": 1}, grandchild.id: {"x": 2}}
    assert silent.id not in found
    assert run.get_metrics(recursive=True, run_type="other") == {}
    assert run.get_metrics(run_type="other") == {}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], [1, 2]),
        ([1, 2.5], [1.0, 2.5]),
        ([True, False], [True, False]),
        (["a", "b"], ["a", "b"]),
        ([1, "a", None, True], [1, "a", None, True]),
        ([None, None], [None, None]),
    ],
)
def test_types_come_back(run: Run, values: list[Any], expected: list[Any]) -> None:
    for value in values:
        run.log("logged", value)
    run.log_list("listed", values)
    for found in run.get_metrics().values():
        assert found == expected
        assert [type(value) for value in found] == [type(value) for value in expected]


def test_nan_and_infinity_come_back(run: Run) -> None:
    run.log_list("x", [math.nan, math.inf, -math.inf])
    found = run.get_metrics()["x"]
    assert math.isnan(found[0])
    assert found[1:] == [math.inf, -math.inf]


def test_names_with_spaces_and_odd_letters(run: Run) -> None:
    for name in (" trailing ", "a/b@c", "ünïcödé"):
        run.log(name, 1)
    assert run.get_metrics() == {" trailing ": 1, "a/b@c": 1, "ünïcödé": 1}


def test_figures_of_the_machine_are_given_by_name_only(run: Run) -> None:
    from runwatch.sdk.watcher import recorder

    assert run_metric.SYSTEM_PREFIX == recorder.PREFIX
    run.log("system/cpu_percent", 50.0)
    assert run.get_metrics() == {}
    assert run.get_metrics("system/cpu_percent") == {"system/cpu_percent": 50.0}


def test_typed_rows(run: Run) -> None:
    run.log("x", 1.0, step=3)
    run.log("x", 2.0, step=1)
    run.log_row("t", a=1, b="x", ok=True)
    run.log_row("t", b="y")
    rows = run.get_metric_rows("x")
    assert rows.name == "x"
    assert rows.steps is not None
    assert rows.steps.tolist() == [3, 1]
    assert rows.columns["value"].tolist() == [1.0, 2.0]
    assert (np.diff(rows.times) >= 0).all()
    table = run.get_metric_rows("t")
    assert table.steps is None
    assert table.columns["b"] == ["x", "y"]
    assert table.columns["a"].tolist() == [1, None]
    assert table.columns["ok"].dtype == bool


def test_typed_rows_of_an_unknown_metric(run: Run) -> None:
    with pytest.raises(NotFoundError):
        run.get_metric_rows("nothing")
