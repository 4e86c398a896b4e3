"""The options and arguments that several commands share, and those of ``runwatch runs``."""

from __future__ import annotations

from typing import Annotated

import typer

from runwatch.schema import limit

WorkspaceOption = Annotated[
    str | None,
    typer.Option(
        "--workspace",
        "-w",
        metavar="FOLDER|URL",
        help="The workspace; else RUNWATCH_WORKSPACE, a config file upward from here, the default one.",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else on standard output.")
]
ColourOption = Annotated[bool, typer.Option("--no-color", help="No colours (as does NO_COLOR=1).")]
TracebackOption = Annotated[
    bool, typer.Option("--traceback", help="Show the traceback of an error (as does RUNWATCH_TRACEBACK=1).")
]

RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run id or its beginning.")]
RunsArgument = Annotated[list[str], typer.Argument(metavar="RUN...", help="Run ids or their beginnings.")]

LimitOption = Annotated[
    int, typer.Option("--limit", "-n", metavar="N", min=1, max=limit.PAGE_ROWS, help="Lines of a page.")
]
CursorOption = Annotated[str | None, typer.Option("--cursor", metavar="CURSOR", help="Go on after an earlier page.")]
SearchOption = Annotated[
    str, typer.Option("--search", metavar="TEXT", help="Only those whose id or name contains this.")
]
ArchivedOption = Annotated[bool, typer.Option("--archived", help="Show archived ones too.")]

ExperimentOption = Annotated[
    str | None, typer.Option("--experiment", "-e", metavar="NAME", help="Only runs of this experiment.")
]
StatusOption = Annotated[
    list[str] | None,
    typer.Option("--status", metavar="STATUS", help="Only this status (several with commas); also: active, ended."),
]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", metavar="NAME[=VALUE]", help="Only runs with this tag; repeatable.")
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where", metavar="CONDITION", help="Only runs whose metric meets it, e.g. 'loss.min<0.3'; repeatable."
    ),
]
FilterOption = Annotated[
    str,
    typer.Option(
        "--filter",
        metavar="TEXT",
        help="Only runs that meet it, e.g. 'metrics.loss.min < 0.3 and tags.owner = vision' (docs/query.md).",
    ),
]
ParentOption = Annotated[str | None, typer.Option("--parent", metavar="RUN", help="Only the children of this run.")]
ChildrenOption = Annotated[bool, typer.Option("--children/--no-children", help="Show child runs among the others.")]
SortOption = Annotated[
    str,
    typer.Option(
        "--sort",
        metavar="KEY",
        help="created, started, ended, duration, number, status, name, experiment, target, user, or a metric, "
        "parameter, tag or property (loss.min, params.lr, tags.team); '-' puts newest or largest first.",
    ),
]
ColumnsOption = Annotated[
    list[str] | None,
    typer.Option("--columns", "-c", metavar="LIST", help="Figures to show, e.g. loss.min,acc.max,p.lr,tag.team."),
]
AllOption = Annotated[bool, typer.Option("--all", help="All pages.")]
