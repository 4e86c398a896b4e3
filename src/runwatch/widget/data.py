"""What the original's widget keeps of a run, under its keys: ``RunDetails.get_widget_data``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from runwatch.schema.chart import ChartBatch
from runwatch.schema.metric import Metric
from runwatch.schema.run import Run
from runwatch.sdk import timestamp
from runwatch.series import frame
from runwatch.widget import shape, words
from runwatch.widget.view import View

POINTS = 1_000
"""Of a longer metric so many buckets are given, by their last values."""


def collect(view: View, url: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The dictionary.

    Args:
        view: The run, looked at.
        url: The run's page.
        settings: What ``get_widget_data`` was given.
    """
    run = view.record
    assert run is not None
    log = view.told.get("log")
    best = (view.told.get("children") or {}).get("best")
    return {
        "status": run.status.value,
        "workbench_run_details_uri": url,
        "run_id": run.run_id,
        "run_properties": _properties(view, run),
        "child_runs": [_child(view, place, child) for place, child in enumerate(view.page.runs)],
        "children_metrics": {
            "categories": [child.number for child in view.page.runs],
            "series": [{"data": [_figure(view, place) for place in range(len(view.page.runs))]}] if view.goal else [],
            "metricName": view.goal[0] if view.goal else (best["metric"] if best else None),
            "primaryMetricName": best["metric"] if best else None,
            "showLegend": False,
        },
        "run_metrics": _metrics(view),
        "run_logs": "\n".join(log["lines"]) if log else "",
        "graph": {},
        "widget_settings": dict(settings),
    }


def _properties(view: View, run: Run) -> dict[str, Any]:
    queue = view.told.get("queue")
    paths = [file.path for file in view.files]
    return {
        "run_id": run.run_id,
        "created_utc": timestamp.iso(run.created_at),
        "properties": dict(run.properties),
        "tags": dict(run.tags),
        "script_name": run.definition.get("script"),
        "arguments": " ".join(str(each) for each in run.definition.get("arguments") or ()),
        "end_time_utc": None if run.ended_at is None else timestamp.iso(run.ended_at),
        "status": run.status.value,
        "log_files": {path: path for path in paths},
        "log_groups": [[path] for path in paths],
        "run_duration": words.duration_of(run, time.time()),
        "run_number": run.number,
        "run_queued_details": {"status": run.status.value, "details": queue["why"] if queue else None},
    }


def _child(view: View, place: int, child: Run) -> dict[str, Any]:
    started = None if child.started_at is None else timestamp.iso(child.started_at)
    return {
        "run_id": child.run_id,
        "run_number": child.number,
        "metric": _figure(view, place),
        "status": child.status.value,
        "run_type": child.type,
        "training_percent": None,
        "start_time": started,
        "end_time": None if child.ended_at is None else timestamp.iso(child.ended_at),
        "created_time": timestamp.iso(child.created_at),
        "created_time_dt": child.created_at,
        "duration": words.duration_of(child, time.time()),
    }


def _figure(view: View, place: int) -> Any:
    summaries = view.page.summaries[place] if place < len(view.page.summaries) else ()
    return summaries[0].last if summaries and summaries[0] else None


def _metrics(view: View) -> list[dict[str, Any]]:
    """Each metric with its values, in the order logged; texts, tables and images by what was logged last."""
    metrics = shape.ordered(view.metrics.values())
    charts = {each.name: chart for each in metrics if (chart := shape.chart_of(view.run_id, each, POINTS))}
    series: dict[str, tuple[list[Any], list[Any]]] = {}
    names = list(charts)
    for first in range(0, len(names), 100):
        group = names[first : first + 100]
        frames = list(view.desk.frames(ChartBatch(charts=tuple(charts[name] for name in group))))
        for name, data in zip(group, frames, strict=True):
            series[name] = _points(frame.decode(data))
    return [_metric(view.run_id, each, *series.get(each.name, ([0], [_last(each)]))) for each in metrics]


def _metric(run_id: str, metric: Metric, categories: list[Any], values: list[Any]) -> dict[str, Any]:
    return {"name": metric.name, "run_id": run_id, "categories": categories, "series": [{"data": values}]}


def _last(metric: Metric) -> Any:
    if len(metric.columns) == 1:
        return metric.columns[0].last
    return {summary.column: summary.last for summary in metric.columns}


def _points(read: frame.Frame) -> tuple[list[Any], list[Any]]:
    last = read.y("last", series=0)
    if last is None:
        return [], []
    x = read.y("x", series=0)
    if x is None:
        axis = read.head.x
        x = np.asarray((axis.start or 0.0) + axis.width * np.arange(axis.buckets), np.float64)
    there = np.isfinite(last)
    return x[there].tolist(), last[there].tolist()
