"""Workspaces, experiments and runs as tables for notebooks; everything is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from runwatch.schema import run as schema
from runwatch.schema.run import ListRuns

if TYPE_CHECKING:
    from runwatch.sdk.experiment import Experiment
    from runwatch.sdk.run import Run
    from runwatch.sdk.workspace import Workspace

ROWS: Final = 50
"""Rows of one table: what is more is counted below it."""

RECENT: Final = 10
"""Runs shown with a workspace."""

_RUN: Final = ("Experiment", "Id", "Type", "Status", "Details Page", "Docs Page")
_EXPERIMENT: Final = ("Name", "Workspace", "Report Page", "Docs Page")


class RunList(list["Run"]):
    """A list of runs that a notebook shows as a table."""

    def _repr_html_(self) -> str:
        return table(_RUN, [_run_cells(run) for run in self[:ROWS]], len(self))


class ExperimentList(list["Experiment"]):
    """A list of experiments that a notebook shows as a table."""

    def _repr_html_(self) -> str:
        return table(_EXPERIMENT, [_experiment_cells(each) for each in self[:ROWS]], len(self))


def of_run(run: Run) -> str:
    """A run as a table of one row."""
    return table(_RUN, [_run_cells(run)])


def of_experiment(experiment: Experiment) -> str:
    """An experiment as a table of one row."""
    return table(_EXPERIMENT, [_experiment_cells(experiment)])


def of_workspace(workspace: Workspace) -> str:
    """A workspace with its experiments and its latest runs."""
    from runwatch.sdk.experiment import Experiment
    from runwatch.sdk.run import Run

    request = schema.ListExperiments(order="last_run", limit=RECENT)
    known = workspace.store.runs.list_experiments(request).experiments
    experiments = {each.experiment_id: Experiment(workspace, each.name, _record=each) for each in known}
    records = workspace.store.runs.list(ListRuns(include_children=False, limit=RECENT)).runs
    runs = [
        Run(experiments[each.experiment_id], each.run_id, _record=each)
        for each in records
        if each.experiment_id in experiments
    ]
    head = table(("Workspace", "Place"), [(escape(workspace.name), escape(workspace.place))])
    rows = [(*_experiment_cells(experiments[each.experiment_id])[:1], str(each.run_count)) for each in known]
    parts = [head, table(("Experiment", "Runs"), rows)] if rows else [head]
    return "".join([*parts, RunList(runs)._repr_html_()] if runs else parts)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], total: int = 0) -> str:
    """A table of cells that are HTML already; ``total`` counts rows that may have been left out."""
    body = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    more = f"<p>and {total - len(body):,} more</p>" if total > len(body) else ""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    lines = "".join(f"<tr>{line}</tr>" for line in body)
    return f'<table style="width:100%"><tr>{head}</tr>{lines}</table>{more}'


def link(url: str, text: str) -> str:
    """A link with everything escaped; what is neither of the web nor a file is shown as text."""
    if not url.startswith(("http://", "https://", "file:")):
        return escape(url)
    return f'<a href="{escape(url, quote=True)}" target="_blank" rel="noopener">{escape(text)}</a>'


def _run_cells(run: Run) -> tuple[str, ...]:
    return (
        escape(run.experiment.name),
        escape(run.id),
        escape(str(run.type)),
        escape(run.status),
        link(run.portal_url, "Link to the studio"),
        link(run.get_docs_url(), "Link to Documentation"),
    )


def _experiment_cells(experiment: Experiment) -> tuple[str, ...]:
    return (
        escape(experiment.name),
        escape(experiment.workspace.name),
        link(experiment.portal_url, "Link to the studio"),
        link(experiment.get_docs_url(), "Link to Documentation"),
    )
