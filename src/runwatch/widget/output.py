"""The output of a cell: a widget, and HTML and text, so that whatever opens the notebook shows the run."""

from __future__ import annotations

import sys
from typing import Any, Final, Protocol
from uuid import uuid4

from runwatch.widget import snapshot, text
from runwatch.widget.view import View

VIEW_TYPE: Final = "application/vnd.jupyter.widget-view+json"


class Shown(Protocol):
    """What can be looked at again when a cell has ended."""

    def look(self) -> bool:
        """Renew the output; whether it will change again."""
        ...


def shell() -> Any:
    """The IPython that this code runs in, or None; IPython is not loaded for the question."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def kernel() -> Any:
    """The Jupyter kernel that this code runs in, or None: a terminal has none."""
    return getattr(shell(), "kernel", None)


def is_headless() -> bool:
    """Whether the notebook is executed without anybody at a page, as ``jupyter execute`` and nbconvert do.

    Their requests allow no input, those of every page do. A widget could not be alive there, and its saved state would
    be shown in the place of the static output.
    """
    parent = kernel().get_parent("shell")
    return (parent or {}).get("content", {}).get("allow_stdin", True) is False


class Output:
    """A widget, and below it a still picture of the run as HTML and text, renewed under its id.

    The picture is a display of its own. A front end that finds a widget and HTML in one display shows the widget alone,
    and where its kernel has gone only an error in its place. The widget hides the picture while it is alive.

    Args:
        widget: The widget; None where there is only the picture.
        mark: A class name that no other output has.
    """

    def __init__(self, widget: Any = None, mark: str = "") -> None:
        self._mark = mark or new_mark()
        self._widget = widget

    def publish(self, view: View, *, update: bool = False) -> None:
        """Show the run as it is now.

        Args:
            view: The run, looked at.
            update: Take the place of the picture that was shown before; the widget stays as it is.
        """
        from IPython.display import publish_display_data

        show: Any = publish_display_data  # it has no types
        if self._widget is not None and not update:
            show({VIEW_TYPE: {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}})
        data = {"text/html": snapshot.render(view, self._mark), "text/plain": text.render(view)}
        show(data, transient={"display_id": self._mark}, update=update)


def new_mark() -> str:
    """A name for an output."""
    return f"rw-{uuid4().hex}"


_open: list[Shown] = []


def after_cells(shown: Shown) -> None:
    """Have something looked at again whenever a cell ends, while it may still change."""
    if not _open:
        shell().events.register("post_run_cell", _look_again)
    _open.append(shown)


def _look_again(*_: object) -> None:
    for each in list(_open):
        if not each.look():
            _open.remove(each)
    if not _open:
        shell().events.unregister("post_run_cell", _look_again)
