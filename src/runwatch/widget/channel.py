"""The widget itself, on anywidget: custom messages over the kernel's own channel (``docs/formats/widget.md``)."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from runwatch.widget.audience import Audience
from runwatch.widget.call import Caller
from runwatch.widget.follower import Follower

if TYPE_CHECKING:
    from runwatch.widget.view import View
    from runwatch.widget.watch import Watch

MODULE: Final = Path(__file__).parent / "static" / "widget.js"
"""The page half, built from ``studio/src/widget``."""


class Wire(Protocol):
    """What of a widget a channel needs."""

    comm: Any

    def send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        """Send a custom message to the page."""
        ...


class Channel:
    """Both directions of one widget.

    Args:
        wire: The widget.
        follower: Looks at the workspace.
        run_id: The run.
        renew: Called in the follower's thread now and then, and once the run has ended and everything was told.
        goal: See `runwatch.widget.view.View`.
    """

    def __init__(
        self, wire: Wire, follower: Follower, run_id: str, renew: Callable[[View], None],
        goal: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.audience = Audience(time.monotonic())
        self._wire = wire
        self._follower = follower
        self._renew = renew
        self._caller = Caller(follower.desk, run_id)
        self._watch: Watch = follower.join(run_id, self, goal)

    @property
    def is_closed(self) -> bool:
        """Whether the widget was closed."""
        return self._wire.comm is None

    def send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        """Send to the page; a front end that went away is no reason to stop."""
        try:
            self._wire.send(content, buffers)
        except Exception:  # whatever a front end's channel raises when it is being closed
            return

    def renew(self, view: View) -> None:
        """Have the still picture in the output renewed."""
        self._renew(view)

    def hear(self, _: object, content: Any, buffers: object = None) -> None:
        """Take a message of the page. Never raises."""
        if isinstance(content, dict) and "show" in content:
            self.audience.hear(content["show"], time.monotonic())
            if self not in self._watch.members:
                self._watch.members.append(self)
            self._follower.attend(self._watch)
        elif isinstance(content, dict) and "call" in content:
            reply = self._caller.answer(content)
            self.send(reply.content, list(reply.buffers))


@cache
def widget_class() -> type[Any]:
    """The class of widgets; made when first used, since its packages are an extra.

    Raises:
        ImportError: If they are not installed.
    """
    import anywidget
    import traitlets

    class RunWidget(anywidget.AnyWidget):
        """A run in a notebook; what a host saves of it is its module and which run it is."""

        _esm = MODULE.read_text(encoding="utf-8")
        _css = ""
        seed = traitlets.Dict().tag(sync=True)

    return RunWidget


def open_widget(seed: dict[str, str]) -> Any:
    """A new widget, open to the page.

    Raises:
        ImportError: If the extra is not installed.
        FileNotFoundError: If the page half was not built.
    """
    return widget_class()(seed=seed)
