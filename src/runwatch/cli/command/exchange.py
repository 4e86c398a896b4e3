"""``runwatch export`` and ``import``: runs as plain files, and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from runwatch.cli import figure
from runwatch.cli.lookup import find_experiment, find_run, list_runs
from runwatch.cli.option import ExperimentOption
from runwatch.cli.progress import progress
from runwatch.cli.session import Session
from runwatch.cli.text import visible
from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import ListRuns
from runwatch.store.protocol import Store


def export(
    session: Session,
    runs: Annotated[list[str] | None, typer.Argument(metavar="[RUN]...", help="Run ids or their beginnings.")] = None,
    experiment: ExperimentOption = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE.zip|FOLDER", help="Where to; else a zip named like the run or experiment."
        ),
    ] = None,
    children: Annotated[bool, typer.Option("--children/--no-children", help="With all their child runs.")] = True,
    files: Annotated[bool, typer.Option("--files/--no-files", help="With the files of the runs.")] = True,
) -> None:
    """Write runs into a zip or folder of plain files."""
    from runwatch.archive.export import export_runs
    from runwatch.store.zip.name import safe_path

    store, terminal = session.store(), session.terminal
    run_ids = _choose(store, runs or [], experiment, children=children)
    named = experiment or (run_ids[0] if len(run_ids) == 1 else "runs")
    place = output or Path(f"{safe_path(named)}.zip")
    with progress(terminal, None) as advance:
        done = export_runs(store, run_ids, place, children=children, files=files, advance=advance)
    waiting = _waiting(session, done.run_ids)
    if terminal.as_json:
        terminal.json({"archive": str(place), "exported": done, "waiting": waiting})
        return
    parts = (
        figure.plural(len(done.run_ids), "run"),
        f"{figure.plural(done.metrics, 'metric')} with {figure.plural(done.rows, 'row')}",
        figure.plural(done.artifacts, "file"),
        figure.size(done.size_bytes),
    )
    terminal.line(f"{visible(str(place))}  {', '.join(parts)}")
    if waiting:
        terminal.note(
            f"What {figure.plural(len(waiting), 'run')} logged last waits in journals and is not in the archive; "
            "'runwatch sync' brings it in, then export again."
        )


def bring_in(
    session: Session,
    archive: Annotated[Path, typer.Argument(metavar="PATH", help="A zip or folder of 'runwatch export'.")],
    as_new: Annotated[bool, typer.Option("--as-new", help="Give the runs new ids, children included.")] = False,
) -> None:
    """Bring exported runs into the workspace."""
    from runwatch.archive.intake import bring_in as bring
    from runwatch.archive.reading import open_archive

    terminal = session.terminal
    with open_archive(archive) as found, progress(terminal, 2 * found.size_bytes) as advance:
        done = bring(session.store(create=True), found, as_new=as_new, advance=advance)
    if terminal.as_json:
        terminal.json({"archive": str(archive), "imported": done})
        return
    old = {new: run_id for run_id, new in done.renamed.items()}
    for run_id in done.run_ids:
        terminal.line(visible(run_id) + (f"  was {visible(old[run_id])}" if run_id in old else ""))
    if done.present:
        terminal.note(f"{figure.plural(len(done.present), 'run')} had been imported before, or were never away.")
    if not done.run_ids and not done.present:
        terminal.note("The archive holds no runs.")


def _waiting(session: Session, run_ids: Sequence[str]) -> list[str]:
    """Those of the runs whose journals nobody ships at present."""
    from runwatch.sdk.watcher.sync import unshipped

    found = {entry.run_id for entry in unshipped(session.location()[0]) if entry.state == "waiting"}
    return [run_id for run_id in run_ids if run_id in found]


def _choose(store: Store, typed: list[str], experiment: str | None, *, children: bool) -> list[str]:
    if not typed and experiment is None:
        raise InvalidValueError("Nothing is named to be exported.", hint="Name runs, or use --experiment.")
    found = dict.fromkeys(find_run(store, text).run_id for text in typed)
    if experiment is not None:
        experiment_id = find_experiment(store, experiment).experiment_id
        wanted = ListRuns(experiment_id=experiment_id, include_children=children, hidden=True)
        found |= dict.fromkeys(run.run_id for run in list_runs(store, wanted))
    return list(found)
