"""``RunDetails``: a run in a notebook, in a terminal, or as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from runwatch.schema.error import RunwatchError
from runwatch.sdk import problem
from runwatch.sdk.run import Run
from runwatch.widget import channel, data, output, snapshot, text
from runwatch.widget.cell import CELL
from runwatch.widget.channel import Channel
from runwatch.widget.desk import desk_of
from runwatch.widget.follower import follower_of
from runwatch.widget.output import Output
from runwatch.widget.view import View, error_of

_INSTALL: Final = "the notebook widget needs two more packages; pip install 'runwatch[notebook]' brings them."
_BUILD: Final = "the notebook widget's page is not part of this copy of Runwatch; the output will not follow the run."


class RunDetails:
    """A run to be watched.

    Args:
        run_instance: Any run, also one that has ended.
    """

    def __init__(self, run_instance: Run) -> None:
        self._run = run_instance
        self._channel: Channel | None = None

    def show(
        self, render_lib: Callable[[str], object] | None = None, widget_settings: Mapping[str, Any] | None = None
    ) -> None:
        """Show the run.

        In a notebook: returns at once; the widget follows the run until it has ended. The output also holds a static
        picture for wherever no kernel is. In a terminal: follows it as text until it ends or Ctrl-C, which leaves it
        running; ``widget_settings={"timeout_s": …}`` ends that earlier. Anywhere else: prints it once.

        Args:
            render_lib: A function that shows HTML, such as Databricks' ``displayHTML``: it is given the static picture.
            widget_settings: ``Metric``: ``{"name": …, "goal": "minimize" or "maximize"}``, what child runs are
                compared by; ``timeout_s``: see above. The original's others are accepted and ignored.
        """
        settings = dict(widget_settings or {})
        view = self._view(settings)
        if render_lib is not None:
            render_lib(snapshot.render(view))
        elif output.kernel() is None:
            _show_text(view, settings)
        elif output.is_headless():
            still = _Still(self._run, view)
            still.output.publish(view)
            output.after_cells(still)
        else:
            self._open(view)

    def get_widget_data(self, widget_settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What the original's widget keeps, under its keys.

        Args:
            widget_settings: See `show`.

        Returns:
            ``status``, ``workbench_run_details_uri``, ``run_id``, ``run_properties``, ``child_runs``,
            ``children_metrics``, ``run_metrics``, ``run_logs`` (text), ``graph`` and ``widget_settings``.
        """
        settings = dict(widget_settings or {})
        self._run._settle()
        return data.collect(self._view(settings), self._run.portal_url, settings)

    def _view(self, settings: Mapping[str, Any]) -> View:
        view = View(desk_of(self._run._store, self._run._location), self._run.id, _goal(settings))
        _look(view, self._run)
        return view

    def _open(self, view: View) -> None:
        """Show the widget, or what can be shown without it."""
        try:
            mark = output.new_mark()
            widget = channel.open_widget(
                {"run_id": view.run_id, "experiment": self._run.experiment.name, "still": mark}
            )
        except (ImportError, FileNotFoundError) as error:
            problem.say(_INSTALL if isinstance(error, ImportError) else _BUILD)
            Output().publish(view)
            return
        shown = Output(widget, mark)
        shown.publish(view)

        def renew(seen: View) -> None:
            shown.publish(seen, update=True)

        CELL.follow(output.shell())
        follower = follower_of(view.desk)
        self._channel = Channel(widget, follower, view.run_id, renew, view.goal)
        widget.on_msg(self._channel.hear)


class _Still:
    """A static output that is renewed when cells end: a notebook that nobody looks at while it runs."""

    def __init__(self, run: Run, view: View) -> None:
        self.output = Output()
        self._run = run
        self._view = view

    def look(self) -> bool:
        """Renew the output. Never raises."""
        try:
            self._run._settle()
            self._view.look()
            self.output.publish(self._view, update=True)
        except Exception:  # a cell must not fail because of an output above it
            return False
        return not self._view.is_finished


def _look(view: View, run: Run) -> None:
    """Look at everything; of a store that is away, what this object knows of the run is shown."""
    try:
        view.look()
    except RunwatchError as error:
        if view.record is None:
            view.record = run._record
        view.tell("error", error_of(error))


def _goal(settings: Mapping[str, Any]) -> tuple[str, str] | None:
    metric = settings.get("Metric")
    if not isinstance(metric, Mapping) or not metric.get("name"):
        return None
    goal = str(metric.get("goal", "maximize")).lower()
    return str(metric["name"]), "minimize" if goal.startswith("min") else "maximize"


def _show_text(view: View, settings: Mapping[str, Any]) -> None:
    from rich.console import Console

    most_s = settings.get("timeout_s")
    text.live(view, Console(highlight=False), most_s=None if most_s is None else float(most_s))
