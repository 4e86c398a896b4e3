"""``runwatch demo``: submits some seconds of training to a small cluster, so that there is something to look at."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from contextlib import nullcontext, redirect_stdout
from typing import Final
from urllib.parse import quote, urlencode

from runwatch.cli.session import Session
from runwatch.cli.text import visible
from runwatch.schema.error import UserErrorException

SORT: Final = "-accuracy.last"
"""Which run is best: the one that this order puts on top, in lists, on the page and in what is said of it."""

COLUMNS: Final = "accuracy.last,accuracy.max,test_loss.last,p.learning_rate"
NEEDED: Final = ("sklearn", "matplotlib", "tqdm")


def demo(session: Session) -> None:
    """Submit the training of a few models, and follow it."""
    check_extras()
    from runwatch import Workspace
    from runwatch.cli.command.run import runs
    from runwatch.cli.demo import submission

    location, _ = session.location()
    workspace = Workspace.open(location)
    # With --json the log that is followed is no part of the result.
    quiet = redirect_stdout(sys.stderr) if session.terminal.as_json else nullcontext()
    with submission.serving(workspace), quiet:
        ridge, parent = submission.train(workspace, session.terminal)
    alpha, mse = submission.best_alpha(ridge)
    child, accuracy = submission.best_child(session.store(), parent.id, SORT)
    name = child.display_name or child.run_id
    link = _link(location, parent.id)
    if session.terminal.as_json:
        session.terminal.json({
            "workspace": location,
            "cluster": submission.CLUSTER,
            "ridge": {"run_id": ridge.id, "alpha": alpha, "mse": mse},
            "digits": {"run_id": parent.id, "best_run_id": child.run_id, "best_run": name, "accuracy": accuracy},
            "link": link,
        })  # fmt: skip
        return
    line = session.terminal.line
    runs(session, experiment=submission.DIGITS, parent=parent.id, sort=SORT, columns=[COLUMNS])
    line()
    line(f"Ridge:  the best alpha is {alpha:.2f}, with a mean squared error of {mse:.2f}")
    line(f"Digits: the best run is {visible(name)} ({child.run_id}), with an accuracy of {accuracy:.4f}")
    line()
    line(f"Workspace: {visible(location)}")
    line("What to type next:")
    option = f" -w {visible(shlex.quote(session.workspace))}" if session.workspace is not None else ""
    for text in (
        f"runwatch{option} runs -e digits-demo --sort {SORT} -c accuracy.last,p.learning_rate",
        f"runwatch{option} compute show {submission.CLUSTER}",
        f"runwatch{option} show {child.run_id}",
        f"runwatch{option} metrics {child.run_id} loss",
        f"runwatch{option} logs {child.run_id}",
        f"runwatch{option} download {child.run_id} outputs",
    ):
        line(f"  {text}")
    if link is not None:
        line()
        line("Or look at it in a browser (runwatch down ends its server):")
        line(f"  {session.terminal.paint(link, 'bold', 'cyan')}")


def _link(location: str, parent_id: str) -> str | None:
    """The studio's page with the runs of the digits, the best one first; None if it must not be served.

    Args:
        location: The workspace.
        parent_id: The parent of the runs: those of an earlier demo are as good, and not what is spoken of.

    Raises:
        StoreUnavailableError: The server does not come up.
    """
    from runwatch.cli.demo import submission
    from runwatch.sdk import portal
    from runwatch.server import process

    query = {"q": f'parent = "{parent_id}"', "flat": "1", "s": SORT, "c": COLUMNS}
    page = f"experiments/{submission.DIGITS}?{urlencode(query, safe=',', quote_via=quote)}"
    if "://" in location:
        return f"{location.rstrip('/')}/{page}"
    known = process.running(location)
    if not known and portal.is_off():
        return None
    server = known[0] if known else process.start(location, ("--idle", str(portal.IDLE_H)))
    return f"{server.url}/{page}" + (f"#token={server.token}" if server.token else "")


def check_extras() -> None:
    """Raise, naming what to install, if a package that the training needs is missing.

    Raises:
        UserErrorException: In this case.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UserErrorException(
            f"The demo trains with packages that are not installed: {', '.join(missing)}.",
            hint='Install them with: pip install "runwatch[demo]"',
        )
