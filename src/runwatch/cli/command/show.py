"""``runwatch show``: everything about one run, what went wrong first."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
import typer

from runwatch.cli import figure
from runwatch.cli.command.run import run_duration, status_style, status_text
from runwatch.cli.lookup import find_run, list_metrics
from runwatch.cli.option import RunArgument
from runwatch.cli.session import Session
from runwatch.cli.table import NAME_CHARS, TableColumn, show_table
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import plain, visible
from runwatch.schema import limit
from runwatch.schema.artifact import ArtifactPage, ListArtifacts
from runwatch.schema.metric import Metric, MetricKind
from runwatch.schema.run import ExitCause, ExitKind, ListRuns, Run

_TRACE_LINES: Final = 12
"""The end of a traceback, where its cause stands; ``--full`` shows all of it."""

_METRICS: Final = 40
"""Lines of metrics, about a screen; ``runwatch metrics`` lists all."""

_LAST_CHARS: Final = 24
"""Of a text logged as a metric."""


def show(
    session: Session,
    run: RunArgument,
    full: Annotated[bool, typer.Option("--full", help="Whole tracebacks and values.")] = False,
) -> None:
    """Show one run: its state, its errors, what went in and out."""
    store = session.store()
    found = find_run(store, run)
    metrics = list_metrics(store, found.run_id)
    files = store.artifacts.list(ListArtifacts(run_id=found.run_id, limit=limit.PAGE_ROWS))
    children = store.runs.list(ListRuns(parent_run_id=found.run_id, hidden=True, limit=1)).runs
    if session.terminal.as_json:
        record = msgspec.structs.asdict(found)
        record["metrics"] = metrics
        record["files"] = files.artifacts
        record["files_complete"] = files.next_cursor is None
        session.terminal.json(record)
        return
    terminal = session.terminal
    _show_head(terminal, found, has_children=bool(children))
    _show_trouble(terminal, found, full=full)
    _show_labels(terminal, "Parameters", found.params, full=full)
    _show_labels(terminal, "Tags", found.tags, full=full)
    _show_labels(terminal, "Properties", found.properties, full=full)
    _show_some_metrics(terminal, found.run_id, metrics)
    _show_files(terminal, files)


def _show_head(terminal: Terminal, run: Run, *, has_children: bool) -> None:
    title = run.display_name or run.name
    terminal.line(terminal.paint(visible(run.run_id), "bold") + (f"  {visible(title)}" if title else ""))
    status = terminal.paint(status_text(terminal, run.status), status_style(run.status))
    rows = [("status", status), ("experiment", f"{visible(run.experiment)}, run {run.number}")]
    if run.exit is not None:
        rows.append(("ended by", describe_exit(run.exit)))
    rows.append(("created", f"{figure.moment(run.created_at)} ({figure.ago(run.created_at)})"))
    if run.started_at is not None:
        so_far = "" if run.ended_at is not None else " so far"
        rows.append(("duration", figure.duration(run_duration(run, time.time())) + so_far))
    optional = {
        "parent": run.parent_run_id, "target": run.target, "host": run.host, "by": run.submitted_by, "type": run.type,
        "attempt": run.attempt if run.attempt > 1 else None, "description": run.description or None,
        "archived": "yes" if run.hidden else None,
    }  # fmt: skip
    rows += [(name, figure.value(item)) for name, item in optional.items() if item is not None]
    if has_children:
        rows.append(("children", f"runwatch runs --parent {visible(run.run_id)}"))
    terminal.fields(rows)


def describe_exit(cause: ExitCause) -> str:
    """How a run ended, in words, with what was seen."""
    words = {
        ExitKind.COMPLETED: "completion",
        ExitKind.EXCEPTION: "an exception",
        ExitKind.EXIT_CODE: f"exit code {cause.code}",
        ExitKind.SIGNAL: _signal_name(cause.signal),
        ExitKind.OUT_OF_MEMORY: "lack of memory (killed by the system)",
        ExitKind.INTERRUPTED: "Ctrl-C",
        ExitKind.CANCELED: "cancellation",
        ExitKind.LOST: "loss of its machine or process",
    }[cause.kind]
    return f"{words}: {visible(cause.evidence)}" if cause.evidence else words


def _signal_name(number: int | None) -> str:
    if number is None:
        return "a signal"
    try:
        return f"signal {number} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"


def _show_trouble(terminal: Terminal, run: Run, *, full: bool) -> None:
    if run.error is not None:
        _heading(terminal, "Error", "red")
        for line in run.error.message.splitlines() or [""]:
            terminal.line(f"  {plain(line)}")
        trace = run.error.details.splitlines()
        if len(trace) > _TRACE_LINES and not full:
            terminal.line(f"  … {figure.plural(len(trace) - _TRACE_LINES, 'line')} more with --full")
            trace = trace[-_TRACE_LINES:]
        for line in trace:
            terminal.line(f"  {terminal.paint(plain(line), 'dim')}")
    if run.warnings:
        _heading(terminal, "Warnings", "yellow")
        for warning in run.warnings:
            times = f" (×{warning.count})" if warning.count > 1 else ""
            terminal.line(f"  {visible(warning.source)}: {visible(warning.message)}{times}")


def _show_labels(terminal: Terminal, title: str, labels: Mapping[str, Any], *, full: bool) -> None:
    if not labels:
        return
    _heading(terminal, title)
    terminal.fields(
        [(visible(name), visible(str(item)) if full else figure.value(item)) for name, item in sorted(labels.items())]
    )


def show_metrics(terminal: Terminal, metrics: list[Metric]) -> None:
    """The table of a run's metrics: one line a column, a table's columns as ``name[column]``."""
    rows = [(_column_name(metric, summary.column), metric, summary) for metric in metrics for summary in metric.columns]
    missing = show_table(
        terminal,
        [
            TableColumn("METRIC", [visible(name) for name, _, _ in rows], least=NAME_CHARS),
            TableColumn(
                "LAST", [figure.cut(figure.number(summary.last), _LAST_CHARS) for *_, summary in rows], right=True
            ),
            TableColumn("MIN", [figure.number(summary.min) for *_, summary in rows], right=True),
            TableColumn("MAX", [figure.number(summary.max) for *_, summary in rows], right=True),
            TableColumn("COUNT", [str(summary.count) for *_, summary in rows], right=True),
            TableColumn("KIND", [metric.kind.value for _, metric, _ in rows]),
        ],
    )
    if missing:
        terminal.note(f"No room for {', '.join(missing)}: widen the terminal or use --json.")


def _show_some_metrics(terminal: Terminal, run_id: str, metrics: list[Metric]) -> None:
    if not metrics:
        return
    _heading(terminal, "Metrics")
    show_metrics(terminal, metrics[:_METRICS])
    if len(metrics) > _METRICS:
        terminal.note(f"{len(metrics) - _METRICS} more: runwatch metrics {visible(run_id)}")


def _column_name(metric: Metric, column: str) -> str:
    if column == "value" and metric.kind in {MetricKind.SCALAR, MetricKind.LIST}:
        return metric.name
    return f"{metric.name}[{column}]" if len(metric.columns) > 1 or metric.kind is MetricKind.TABLE else metric.name


def _show_files(terminal: Terminal, page: ArtifactPage) -> None:
    files = page.artifacts
    if not files:
        return
    _heading(terminal, "Files")
    more = "more than " if page.next_cursor is not None else ""
    total = figure.size(sum(file.size_bytes for file in files))
    terminal.line(f"  {more}{figure.plural(len(files), 'file')}, {more}{total}")


def _heading(terminal: Terminal, title: str, style: str = "bold") -> None:
    terminal.line()
    terminal.line(terminal.paint(title, style))
