"""``runwatch metrics``: the metrics of a run, or the rows and the curve of one."""

from __future__ import annotations

import csv
import sys
from typing import Annotated, Any, Final

import typer

from runwatch.cli import figure
from runwatch.cli.chart import DOTS_ACROSS, Bar, line_chart
from runwatch.cli.command.show import show_metrics
from runwatch.cli.lookup import find_run, list_metrics
from runwatch.cli.option import RunArgument
from runwatch.cli.row import numbers, read_rows
from runwatch.cli.session import Session
from runwatch.cli.table import NAME_CHARS, TableColumn, show_table
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import visible
from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.metric import Metric, ReadOverview
from runwatch.store.protocol import Store

ROWS: Final = 10
"""Rows shown below a curve: the newest, which is what one looks for while a run is on."""

_CHART_WIDTH: Final = 100
"""Wider curves are hard to take in; also the width where the output is no terminal."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What the cells begin with that spreadsheets execute; some take the wide forms for the narrow ones."""

_RFC_END: Final = "\r\n"
_CHART_HEIGHT: Final = 10
_CHARTS: Final = 4
"""Curves of one table; further columns are in its rows."""


def metrics(
    session: Session,
    run: RunArgument,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One metric: its curve and rows.")] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, help=f"Only the newest rows (else {ROWS} in a table, all in --csv and --json)."
        ),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Rows as CSV: row, step, time and the columns.")] = False,
    chart: Annotated[bool, typer.Option("--chart/--no-chart", help="Draw the curve.")] = True,
) -> None:
    """List the metrics of a run, or show one with its curve."""
    store, terminal = session.store(), session.terminal
    found = find_run(store, run)
    if name is None:
        if as_csv or rows is not None:
            raise InvalidValueError("--csv and --rows are about one metric.", hint="Name it after the run.")
        listed = list_metrics(store, found.run_id)
        if terminal.as_json:
            terminal.json({"run_id": found.run_id, "metrics": listed})
        elif listed:
            show_metrics(terminal, listed)
        else:
            terminal.note("This run has logged no metrics.")
        return
    metric = _find_metric(store, found.run_id, name)
    if terminal.as_json:
        terminal.json(
            {"run_id": found.run_id, "metric": metric, "rows": list(read_rows(store, found.run_id, name, last=rows))}
        )
    elif as_csv:
        _write_csv(store, found.run_id, metric, rows)
    else:
        _show_metric(terminal, store, found.run_id, metric, ROWS if rows is None else rows, chart=chart)


def _find_metric(store: Store, run_id: str, name: str) -> Metric:
    listed = list_metrics(store, run_id, [name])
    if listed:
        return listed[0]
    known = [metric.name for metric in list_metrics(store, run_id)]
    shown = f"It has {', '.join(map(repr, known[:10]))}{', …' if len(known) > 10 else ''}." if known else "It has none."
    raise NotFoundError(f"The run has no metric {name!r}.", hint=shown)


def _write_csv(store: Store, run_id: str, metric: Metric, rows: int | None) -> None:
    titles = [summary.column for summary in metric.columns]
    writer = csv.writer(_Lines(), lineterminator=_RFC_END)
    writer.writerow(["row", "step", "time", *map(_cell, titles)])
    for row in read_rows(store, run_id, metric.name, last=rows):
        cells = (_cell(row["values"].get(title)) for title in titles)
        writer.writerow([row["row"], row["step"], repr(row["time"]), *cells])


class _Lines:
    """Standard output with plain line ends: told of the standard ones, the writer quotes both characters in cells."""

    def write(self, line: str) -> int:
        return sys.stdout.write(f"{line.removesuffix(_RFC_END)}\n")


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets a quote before it; numbers stay what they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _show_metric(terminal: Terminal, store: Store, run_id: str, metric: Metric, rows: int, *, chart: bool) -> None:
    terminal.line(
        terminal.paint(visible(metric.name), "bold") + f"  {metric.kind.value}, {figure.plural(metric.rows, 'row')}"
    )
    if metric.description:
        terminal.line(f"  {visible(metric.description)}")
    drawn = [summary for summary in metric.columns if summary.min is not None and summary.count > 1][:_CHARTS]
    for summary in drawn if chart and terminal.unicode else []:
        title = summary.column if len(metric.columns) > 1 else ""
        _draw(terminal, store, ReadOverview(run_id=run_id, name=metric.name, column=summary.column), title)
    shown = list(read_rows(store, run_id, metric.name, last=rows)) if rows else []
    if not shown:
        return
    terminal.line()
    _show_rows(terminal, metric, shown)
    if len(shown) < metric.rows:
        terminal.note(f"The newest {len(shown)} of {metric.rows} rows; --rows, --csv and --json give more.")


def _show_rows(terminal: Terminal, metric: Metric, rows: list[dict[str, Any]]) -> None:
    table = [TableColumn("ROW", [str(row["row"]) for row in rows], right=True)]
    if metric.has_steps:
        table.append(
            TableColumn(
                "STEP", [figure.NOTHING if row["step"] is None else str(row["step"]) for row in rows], right=True
            )
        )
    table.append(TableColumn("TIME", [figure.moment(row["time"]) for row in rows]))
    for summary in metric.columns:
        values = [row["values"].get(summary.column) for row in rows]
        texts = any(isinstance(item, str) for item in values)
        table.append(
            TableColumn(
                visible(summary.column),
                [figure.number(item) for item in values],
                right=not texts,
                least=NAME_CHARS if texts else None,
            )
        )
    missing = show_table(terminal, table)
    if missing:
        terminal.note(f"No room for {', '.join(missing)}: widen the terminal or use --csv.")


def _draw(terminal: Terminal, store: Store, request: ReadOverview, title: str) -> None:
    import msgspec

    width = max(10, min(_CHART_WIDTH, (terminal.width or _CHART_WIDTH) - 14))
    overview = store.metrics.read_overview(msgspec.structs.replace(request, buckets=width * DOTS_ACROSS))
    bars = [
        Bar(low, high, last)
        for low, high, last in zip(
            numbers(overview.min, "d"), numbers(overview.max, "d"), numbers(overview.last, "d"), strict=True
        )
    ]
    lines = line_chart(bars, width=width, height=_CHART_HEIGHT)
    if not lines:
        return
    terminal.line()
    for line in lines:
        terminal.line(f"  {terminal.paint(line, 'cyan')}")
    steps = [
        step
        for step in (*numbers(overview.first_step, "q")[:1], *numbers(overview.last_step, "q")[-1:])
        if step > -(2**63)
    ]
    across = f"step {steps[0]} to {steps[1]}, in the order logged" if len(steps) == 2 else "in the order logged"
    nonfinite = sum(numbers(overview.nonfinite, "q"))
    gaps = f", {nonfinite} not finite and left out" if nonfinite else ""
    name = f"{visible(title)}: " if title else ""
    caption = f"{name}{figure.plural(overview.points, 'point')}{gaps}; {across}"
    terminal.line(f"  {terminal.paint(caption, 'dim')}")
