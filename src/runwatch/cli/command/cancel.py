"""``runwatch cancel``: runs out of their queue, or told to end."""

from __future__ import annotations

from runwatch.cli.option import RunsArgument
from runwatch.cli.session import Session
from runwatch.cli.text import visible
from runwatch.cli.workspace import opened, run_of
from runwatch.schema.run import RunStatus


def cancel(session: Session, runs: RunsArgument) -> None:
    """Cancel runs: queued ones never start, running ones end.

    What was started by submission is told to end, and killed after a time of grace. A run that some process records by
    itself is marked as canceled; that process is not stopped.
    """
    terminal = session.terminal
    with opened(session) as workspace:
        found = [run_of(session, workspace, typed) for typed in runs]  # all of them, before anything is done
        ended = {run.id for run in found if RunStatus(run.get_status()).is_terminal}
        for run in found:
            if run.id not in ended:
                run.cancel()
        statuses = {run.id: run.get_status() for run in found}
    if terminal.as_json:
        terminal.json({"runs": [{"run_id": each, "status": status} for each, status in statuses.items()]})
        return
    for run_id, status in statuses.items():
        if run_id in ended:
            terminal.note(f"{visible(run_id)} had ended: {status}")
        elif RunStatus(status).is_terminal:
            terminal.line(f"{status} {visible(run_id)}")
        else:
            terminal.line(f"Ending {visible(run_id)}")
