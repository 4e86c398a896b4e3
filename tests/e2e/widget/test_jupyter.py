"""The widget in a real JupyterLab and a real Notebook 7, over runs that really run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.widget.jupyter import ROOT, WAIT_MS, Jupyter, Sheet, jupyter

pytestmark = pytest.mark.slow
expect.set_options(timeout=WAIT_MS)

EXAMPLE = ROOT / "examples" / "azureml_page.ipynb"

MOST_SAVED_BYTES = 200_000
"""What a saved notebook may grow by for each widget."""

SUBMIT = """
from pathlib import Path
from runwatch import Experiment, RunConfiguration, ScriptRunConfig, Workspace
from runwatch.widgets import RunDetails
Path("job").mkdir(exist_ok=True)
Path("job/train.py").write_text('''{script}''')
config = RunConfiguration()
config.environment.python.user_managed_dependencies = True
run = Experiment(Workspace.from_config(), "{experiment}").submit(
    ScriptRunConfig("job", script="train.py", run_config=config)
)
RunDetails(run).show()
"""

TRAIN = """
import time
from pathlib import Path
from runwatch import Run
run = Run.get_context()
for step in range(60):
    while step == 30 and not Path("GO").exists():
        time.sleep(0.05)
    run.log("loss", 1 / (1 + step))
    run.log_row("curve", angle=step / 10, cosine=1 - step / 60)
    print("step", step, flush=True)
    time.sleep(0.05)
run.log("accuracy", 0.97)
"""

FAIL = """
print("about to fail", flush=True)
raise ValueError("no such column: age")
"""

RECORD = """
from runwatch import Experiment, Workspace
from runwatch.widgets import RunDetails
run = Experiment(Workspace.from_config(), "recorded").start_logging(outputs=None, snapshot_directory=None)
RunDetails(run).show()
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    folder = tmp_path_factory.mktemp("lab")
    with jupyter("lab", folder, folder / "workspace") as server:
        yield server


@pytest.fixture
def sheet(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Sheet]]:
    """Opens notebooks: ``sheet(server, path)``."""
    made: list[Sheet] = []

    def open_sheet(server: Jupyter, path: Path, **settings: Any) -> Sheet:
        made.append(Sheet(browser, server, path, tmp_path, **settings))
        return made[-1]

    yield open_sheet
    for each in made:
        each.close()


def followed_to_its_end(server: Jupyter, sheet: Callable[..., Sheet], name: str) -> Sheet:
    """Submit a script in one cell, and watch it from the next cell's first second to its last."""
    go = server.folder / f"{name}.go"
    script = TRAIN.replace("GO", str(go))
    cells = [SUBMIT.format(script=script, experiment=name), "details = run.wait_for_completion()"]
    page = sheet(server, server.write(f"{name}.ipynb", *cells))
    page.run(0)
    page.run(1)  # holds the kernel until the run has ended: all that is seen comes by push
    widget = page.widget(0)
    expect(widget.locator(".head")).to_contain_text(re.compile("Queued|Preparing|Starting|Running"))
    page.picture(f"{name}-begun")
    chart = widget.locator(".panel", has_text="loss").first
    expect(chart).to_contain_text("30 values")
    expect(widget.locator(".head")).to_contain_text("Running")
    page.picture(f"{name}-running")
    expect(page.cells.nth(1).locator(".jp-InputPrompt")).to_contain_text("*")
    go.touch()
    expect(widget.locator(".head")).to_contain_text("Completed")
    expect(chart).to_contain_text("60 values")
    expect(widget.locator(".panel", has_text="accuracy")).to_contain_text("0.97")
    page.until_done(1)
    page.picture(f"{name}-completed")
    widget.get_by_role("tab", name="Logs").click()
    expect(widget.get_by_role("log")).to_contain_text("step 59")
    page.picture(f"{name}-log")
    return page


def test_a_submitted_script_is_followed_in_jupyterlab(lab: Jupyter, sheet: Callable[..., Sheet]) -> None:
    followed_to_its_end(lab, sheet, "followed")


def test_a_submitted_script_is_followed_in_notebook(
    sheet: Callable[..., Sheet], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("classic")
    with jupyter("notebook", folder, folder / "workspace") as server:
        followed_to_its_end(server, sheet, "classic").close()
        told_when_seen_again(server, sheet)


def told_when_seen_again(server: Jupyter, sheet: Callable[..., Sheet]) -> None:
    """Scroll a widget away, begin a long cell, scroll back: the kernel cannot be told so, and goes on all the same."""
    go = server.folder / "scrolled.go"
    busy = "import pathlib, time\nfor step in range(50): run.log('loss', step)\n"
    busy += f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.05)\nrun.complete()"
    page = sheet(server, server.write("scrolled.ipynb", RECORD, "print('line\\n' * 80)", busy))
    page.run(0)
    widget = page.widget(0)
    expect(widget.locator(".head")).to_contain_text("Running")
    page.run(1)
    page.until_done(1)
    page.cells.nth(2).scroll_into_view_if_needed()
    expect(widget).not_to_be_in_viewport()
    page.page.wait_for_timeout(1_000)  # in which the kernel hears that nobody sees the widget
    page.run(2)
    page.cells.nth(0).scroll_into_view_if_needed()
    expect(widget.locator(".panel", has_text="loss").first).to_contain_text("50 values")
    expect(page.cells.nth(2).locator(".jp-InputPrompt")).to_contain_text("*")
    go.touch()
    expect(widget.locator(".head")).to_contain_text("Completed")


def test_a_saved_notebook_shows_the_last_state_when_it_is_opened_again(
    lab: Jupyter, sheet: Callable[..., Sheet]
) -> None:
    path = lab.write("saved.ipynb", RECORD, "for step in range(20): run.log('loss', 1 / (1 + step))", "run.complete()")
    empty = path.stat().st_size
    page = sheet(lab, path)
    for number in range(3):
        page.run(number)
        page.until_done(number)
    expect(page.widget(0).locator(".head")).to_contain_text("Completed")
    still = page.cells.nth(0).locator(".rw")
    expect(still).to_contain_text("Completed")
    expect(still).to_be_hidden()
    page.save()
    assert path.stat().st_size - empty < MOST_SAVED_BYTES
    kept = json.loads(path.read_text())["cells"][0]["outputs"][1]["data"]
    assert "Completed" in "".join(kept["text/html"])
    assert "<svg" in "".join(kept["text/html"])
    page.close()
    lab.end_kernels()
    again = sheet(lab, path)
    output = again.cells.nth(0).locator(".jp-OutputArea")
    expect(output).to_contain_text("Completed")
    expect(output).to_contain_text("loss")
    expect(output.get_by_text("model not found")).to_be_hidden()
    again.picture("reopened")


def test_two_widgets_of_one_run_both_follow_it(lab: Jupyter, sheet: Callable[..., Sheet]) -> None:
    path = lab.write("two.ipynb", RECORD, "RunDetails(run).show()", "run.log('loss', 0.25)", "run.complete()")
    page = sheet(lab, path)
    for number in range(3):
        page.run(number)
        page.until_done(number)
    for number in (0, 1):
        expect(page.widget(number)).to_contain_text("0.25")
        expect(page.widget(number).locator(".head")).to_contain_text("Running")
    page.run(3)
    for number in (0, 1):
        expect(page.widget(number).locator(".head")).to_contain_text("Completed")
    page.picture("two")


def test_a_run_that_fails_says_why(lab: Jupyter, sheet: Callable[..., Sheet]) -> None:
    page = sheet(lab, lab.write("failing.ipynb", SUBMIT.format(script=FAIL, experiment="failing")))
    page.run(0)
    widget = page.widget(0)
    expect(widget.locator(".head")).to_contain_text("Failed")
    expect(widget).to_contain_text("no such column: age")
    page.picture("failed")


def test_two_hundred_metrics_are_shown_some_at_a_time(lab: Jupyter, sheet: Callable[..., Sheet]) -> None:
    log = "for step in range(50):\n    for number in range(200): run.log(f'metric-{number:03}', step * number)"
    page = sheet(lab, lab.write("many.ipynb", RECORD, log, "run.complete()"))
    for number in range(3):
        page.run(number)
    widget = page.widget(0)
    expect(widget.locator(".head")).to_contain_text("Completed")
    expect(widget.locator(".chart-grid .panel")).to_have_count(12)
    widget.get_by_role("button", name=re.compile("Show 12 more")).click()
    expect(widget.locator(".chart-grid .panel")).to_have_count(24)
    last = widget.locator(".panel", has_text="metric-023")
    last.scroll_into_view_if_needed()
    expect(last).to_contain_text("50 values")
    page.picture("many")


def test_a_killed_kernel_leaves_what_was_shown_and_the_cell_shows_it_anew(
    lab: Jupyter, sheet: Callable[..., Sheet]
) -> None:
    attach = "\n".join(
        [
            "from runwatch import Experiment, Run, Workspace",
            "from runwatch.widgets import RunDetails",
            "RunDetails(Run(Experiment(Workspace.from_config(), 'recorded'), 'killed')).show()",
        ]
    )
    record = RECORD.replace("start_logging(", "start_logging(run_id='killed', ")
    kill = "import os, signal\nrun.log('loss', 0.125)\nrun.flush()\nos.kill(os.getpid(), signal.SIGKILL)"
    page = sheet(lab, lab.write("killed.ipynb", record, kill, attach))
    page.run(0)
    page.until_done(0)
    expect(page.widget(0).locator(".head")).to_contain_text("Running")
    page.run(1)
    page.page.wait_for_timeout(4_000)
    restarted = page.page.get_by_role("button", name=re.compile("^(Ok|OK|Dismiss)"))
    if restarted.count():
        restarted.first.click()
    expect(page.widget(0)).to_be_visible()
    page.run(2)
    expect(page.widget(2).locator(".head")).to_contain_text("Failed")
    expect(page.widget(2)).to_contain_text("0.125")
    page.picture("killed")


def test_a_run_is_canceled_from_its_widget(lab: Jupyter, sheet: Callable[..., Sheet]) -> None:
    wait = "import time\nprint('waiting', flush=True)\ntime.sleep(300)\n"
    page = sheet(lab, lab.write("canceled.ipynb", SUBMIT.format(script=wait, experiment="canceled")))
    page.run(0)
    widget = page.widget(0)
    expect(widget.locator(".head")).to_contain_text("Running")
    widget.get_by_role("button", name="Cancel").click()
    widget.get_by_role("button", name="Yes, cancel it").click()
    expect(widget.locator(".head")).to_contain_text("Canceled")


def test_the_example_shows_what_its_page_shows(lab: Jupyter, sheet: Callable[..., Sheet]) -> None:
    path = lab.folder / EXAMPLE.name
    path.write_text(EXAMPLE.read_text())
    page = sheet(lab, path, viewport={"width": 1200, "height": 3_600})
    code = sum(cell["cell_type"] == "code" for cell in json.loads(path.read_text())["cells"])
    expect(page.cells).to_have_count(code)
    for number in range(code):
        page.run(number)
        page.until_done(number)
    charts = page.page.locator("section.frame", has_text="Fibonacci")
    for name, form in (
        ("Fibonacci", "12 values"), ("Sigmoid", "20 values"), ("Cosine Wave", "angle"), ("Sine Wave", "angle"),
    ):  # fmt: skip
        expect(charts.locator(f"[data-panel='{name}']")).to_contain_text(form)
    expect(charts.locator(".head")).to_contain_text("Completed")
    page.picture("example")
