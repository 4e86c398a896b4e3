"""``runwatch runs``: the list of runs, with the figures and parameters one asks for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import msgspec

from runwatch.cli import figure
from runwatch.cli.column import (
    Label,
    MetricFigure,
    parse_columns,
    parse_condition,
    parse_labels,
    parse_order,
    parse_statuses,
)
from runwatch.cli.lookup import find_experiment, find_run
from runwatch.cli.option import (
    AllOption,
    ArchivedOption,
    ChildrenOption,
    ColumnsOption,
    CursorOption,
    ExperimentOption,
    FilterOption,
    LimitOption,
    ParentOption,
    SearchOption,
    SortOption,
    StatusOption,
    TagOption,
    WhereOption,
)  # fmt: skip
from runwatch.cli.session import Session
from runwatch.cli.table import NAME_CHARS, TableColumn, show_table
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import visible
from runwatch.schema import limit as limits
from runwatch.schema.metric import MetricColumn
from runwatch.schema.run import ListRuns, Run, RunPage, RunStatus

LINES: Final = 25
"""Runs of a page unless asked otherwise: about what a screen holds."""

_ID_CHARS: Final = 8
"""Of an id at least: as much as tells random ones apart in most workspaces."""

_SYMBOLS: Final = {
    RunStatus.COMPLETED: ("✓", "green"),
    RunStatus.FAILED: ("✗", "red"),
    RunStatus.CANCELED: ("■", "yellow"),
    RunStatus.RUNNING: ("●", "cyan"),
    RunStatus.FINALIZING: ("●", "cyan"),
    RunStatus.NOT_RESPONDING: ("?", "yellow"),
}


def status_text(terminal: Terminal, status: RunStatus) -> str:
    """A status as a symbol and its word, so that neither colour nor symbol alone carries it."""
    symbol, _ = _SYMBOLS.get(status, ("○", "dim"))
    return f"{symbol} {status.value}" if terminal.unicode else status.value


def status_style(status: RunStatus) -> str:
    """The colour of a status."""
    return _SYMBOLS.get(status, ("○", "dim"))[1]


def run_duration(run: Run, now: float) -> float | None:
    """How long a run took, or has taken so far; None before it starts."""
    if run.started_at is None:
        return None
    return (run.ended_at if run.ended_at is not None else now) - run.started_at


def runs(
    session: Session,
    experiment: ExperimentOption = None,
    status: StatusOption = None,
    tag: TagOption = None,
    search: SearchOption = "",
    where: WhereOption = None,
    filter: FilterOption = "",  # noqa: A002 - the option's name
    parent: ParentOption = None,
    children: ChildrenOption = True,
    archived: ArchivedOption = False,
    sort: SortOption = "-created",
    columns: ColumnsOption = None,
    limit: LimitOption = LINES,
    cursor: CursorOption = None,
    every: AllOption = False,
) -> None:
    """List runs, newest first."""
    chosen = parse_columns(columns or [])
    request = ListRuns(
        statuses=parse_statuses(status or []),
        tags=parse_labels(tag or []),
        search=search,
        conditions=tuple(parse_condition(text) for text in where or []),
        filter=filter,
        hidden=archived,
        include_children=children,
        order=parse_order(sort),
        columns=tuple(dict.fromkeys(column.metric for column in chosen if isinstance(column, MetricFigure))),
        limit=limits.PAGE_ROWS if every else limit,
        cursor=cursor,
    )
    store = session.store()
    if experiment is not None:
        request = msgspec.structs.replace(request, experiment_id=find_experiment(store, experiment).experiment_id)
    if parent is not None:
        request = msgspec.structs.replace(request, parent_run_id=find_run(store, parent).run_id)
    page = store.runs.list(request)
    while every and page.next_cursor is not None:
        following = store.runs.list(msgspec.structs.replace(request, cursor=page.next_cursor))
        page = RunPage(
            runs=page.runs + following.runs,
            summaries=page.summaries + following.summaries,
            next_cursor=following.next_cursor,
        )
    if session.terminal.as_json:
        session.terminal.json({"runs": _records(page, request.columns, chosen), "next_cursor": page.next_cursor})
    else:
        _show(session.terminal, page, request.columns, chosen, one_experiment=experiment is not None)


def _value(page: RunPage, row: int, asked: tuple[MetricColumn, ...], column: MetricFigure | Label) -> Any:
    if isinstance(column, Label):
        return column.of(page.runs[row])
    return column.of(page.summaries[row][asked.index(column.metric)])


def _records(
    page: RunPage, asked: tuple[MetricColumn, ...], chosen: list[MetricFigure | Label]
) -> list[dict[str, Any]]:
    records = []
    for row, run in enumerate(page.runs):
        record = msgspec.structs.asdict(run)
        record["columns"] = {column.title: _value(page, row, asked, column) for column in chosen}
        records.append(record)
    return records


def _show(
    terminal: Terminal,
    page: RunPage,
    asked: tuple[MetricColumn, ...],
    chosen: list[MetricFigure | Label],
    *,
    one_experiment: bool,
) -> None:
    if not page.runs:
        terminal.note("No runs." if page.next_cursor is None else "No runs on this page.")
        return
    table = _run_columns(terminal, page.runs, one_experiment=one_experiment)
    for column in chosen:
        values = [_value(page, row, asked, column) for row in range(len(page.runs))]
        show = figure.value if isinstance(column, Label) else figure.number
        texts = not all(value is None or isinstance(value, int | float) for value in values)
        table.append(
            TableColumn(
                visible(column.title),
                [show(value) for value in values],
                right=not texts,
                least=NAME_CHARS if texts else None,
            )
        )
    missing = set(show_table(terminal, table)) & {visible(column.title) for column in chosen}
    if missing:
        terminal.note(f"No room for {', '.join(sorted(missing))}: widen the terminal or use --json.")
    if page.next_cursor is not None:
        terminal.note(f"More runs: --cursor {visible(page.next_cursor)}, or --all.")


def _run_columns(terminal: Terminal, runs: Sequence[Run], *, one_experiment: bool) -> list[TableColumn]:
    """What every list of runs shows, unless there is no room for it beside the columns asked for."""
    now = time.time()
    ids = [visible(run.run_id) for run in runs]
    names = [visible(run.display_name or run.name or "") for run in runs]
    table = [TableColumn("RUN", ids, least=_telling_chars(ids) + 1, keep="start")]
    if any(names):
        table.append(TableColumn("NAME", names, least=NAME_CHARS, rank=1))
    if not one_experiment:
        table.append(TableColumn("EXPERIMENT", [visible(run.experiment) for run in runs], least=NAME_CHARS, rank=2))
    return [
        *table,
        TableColumn(
            "STATUS",
            [status_text(terminal, run.status) for run in runs],
            styles=[status_style(run.status) for run in runs],
        ),
        TableColumn("STARTED", [figure.ago(run.started_at or run.created_at, now) for run in runs], rank=3),
        TableColumn("TIME", [figure.duration(run_duration(run, now)) for run in runs], right=True, rank=4),
    ]


def _telling_chars(ids: Sequence[str]) -> int:
    """How many characters tell all these ids apart: a shortened id can then be typed as it stands."""
    ordered = sorted(set(ids))
    return max([_ID_CHARS, *(_shared_chars(one, next_one) + 1 for one, next_one in pairwise(ordered))])


def _shared_chars(one: str, other: str) -> int:
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
