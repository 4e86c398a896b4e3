"""Real kernels: an executed notebook shows the last state without a widget, and a busy kernel pushes all the same."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbconvert import HTMLExporter

ROOT = Path(__file__).parents[3]

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

START = """
from runwatch import Experiment, Workspace
from runwatch.widgets import RunDetails
run = Experiment(Workspace.from_config(), "notebook").start_logging(outputs=None)
RunDetails(run).show()
"""


TRAIN = """
for step in range(30):
    run.log("loss", 1 / (1 + step))
    time.sleep(0.1)
run.complete()
time.sleep(1)
"""


@pytest.fixture(autouse=True)
def clean_kernels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWATCH_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]))
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)


def executed(*cells: str) -> Any:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=120).execute()
    return notebook


def test_an_executed_notebook_shows_the_last_state() -> None:
    notebook = executed(
        START,
        "run.log_list('Fibonacci', [0, 1, 1, 2, 3, 5, 8])\nprint('of the cell')\nrun.complete()",
        "details = run.wait_for_completion(wait_post_processing=True)",
    )
    (output,) = notebook.cells[0].outputs
    assert set(output.data) == {"text/html", "text/plain"}
    assert "Completed" in output.data["text/html"]
    assert "widgets" not in notebook.metadata
    exporter = HTMLExporter()  # type: ignore[no-untyped-call]
    html, _ = exporter.from_notebook_node(notebook)
    shown = html[html.index('<div class="rw ') :]
    assert "<svg" in shown
    assert "Fibonacci: last 8, 0 to 8" in shown
    assert len(nbformat.writes(notebook)) < 200_000  # type: ignore[no-untyped-call]


def test_magics_and_tables_in_a_real_notebook() -> None:
    notebook = executed(
        "%load_ext runwatch", "%%runwatch digits\nprint('hello')\nrun.log('loss', 1.0)\n2 + 2", "%runwatch"
    )
    assert [output.output_type for output in notebook.cells[1].outputs] == ["stream", "execute_result"]
    assert "digits" in notebook.cells[2].outputs[0].data["text/html"]


class Page:
    """The front end of a notebook, with a person at it: requests allow input."""

    def __init__(self) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.heard: list[dict[str, Any]] = []

    def hear(self, until: Any, timeout_s: float = 60.0) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except Exception:  # nothing came
                continue
            self.heard.append(message)
            if message["msg_type"] == "error":
                raise AssertionError("\n".join(message["content"]["traceback"]))
            if until(message):
                return dict(message)
        raise AssertionError([message["msg_type"] for message in self.heard])

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def page() -> Iterator[Page]:
    opened = Page()
    yield opened
    opened.close()


def pushed(message: dict[str, Any]) -> dict[str, Any]:
    if message["msg_type"] != "comm_msg":
        return {}
    content = message["content"]["data"].get("content") or {}
    return content.get("push") or {}


def test_a_busy_kernel_pushes_and_an_idle_one_answers(page: Page, tmp_path: Path) -> None:
    module = tmp_path / "widget.js"
    module.write_text("export default { render() {} }", encoding="utf-8")
    place = (
        f"import pathlib, time\nfrom runwatch.widget import channel\nchannel.MODULE = pathlib.Path({str(module)!r})\n"
    )
    page.client.execute(place + START + TRAIN)
    display = page.hear(lambda message: message["msg_type"] == "display_data")
    assert set(display["content"]["data"]) == {"application/vnd.jupyter.widget-view+json"}
    still = page.hear(lambda message: message["msg_type"] == "display_data")
    assert set(still["content"]["data"]) == {"text/html", "text/plain"}
    comm_id = display["content"]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
    seed = next(m["content"]["data"]["state"] for m in page.heard if m["msg_type"] == "comm_open" and "_esm" in str(m))
    assert len(json.dumps(seed["seed"])) < 1_000
    assert seed["seed"]["still"] in still["content"]["data"]["text/html"]  # by that the widget hides it
    with_chart = page.hear(lambda message: pushed(message).get("frames"))
    assert with_chart["buffers"]
    page.hear(lambda message: pushed(message).get("finished"))
    renewed = page.hear(lambda message: message["msg_type"] == "update_display_data")
    assert "Completed" in renewed["content"]["data"]["text/html"]
    assert renewed["content"]["transient"] == still["content"]["transient"]
    run_id = seed["seed"]["run_id"]
    call = {"id": 3, "call": "/runs:get", "body": {"run_id": run_id}}
    request = {"comm_id": comm_id, "data": {"method": "custom", "content": call}}
    page.client.shell_channel.send(page.client.session.msg("comm_msg", request))
    answer = page.hear(lambda message: "'id': 3" in str(message.get("content")))
    assert answer["content"]["data"]["content"]["answer"]["status"] == "Completed"


def test_a_page_that_a_long_cell_cannot_hear_is_told_on(page: Page, tmp_path: Path) -> None:
    module = tmp_path / "widget.js"
    module.write_text("export default { render() {} }", encoding="utf-8")
    page.client.execute(
        "import pathlib, time\nfrom runwatch.widget import audience, channel\naudience.SILENCE_S = 0.5\n"
        f"channel.MODULE = pathlib.Path({str(module)!r})\n{START}"
    )
    display = page.hear(lambda message: message["msg_type"] == "display_data")
    comm_id = display["content"]["data"]["application/vnd.jupyter.widget-view+json"]["model_id"]
    show = {"method": "custom", "content": {"show": {"visible": True, "charts": [], "log": None}}}
    page.client.shell_channel.send(page.client.session.msg("comm_msg", {"comm_id": comm_id, "data": show}))
    page.client.execute("for step in range(60):\n    run.log('loss', step)\n    time.sleep(0.1)\nprint('over')")
    page.hear(lambda message: any(metric["rows"] > 30 for metric in pushed(message).get("metrics", ())))
    assert not [message for message in page.heard if message["msg_type"] == "stream"]
