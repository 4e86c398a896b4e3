"""Waiting for submitted runs: what is printed, how failures are told, and that Ctrl-C lets the run go on."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import Any

import pytest

from runwatch import Run
from runwatch.exceptions import ActivityFailedException
from runwatch.schema.run import GetRun, RunWarning, UpdateRun
from tests.e2e.site import DRIVER_LOG, Site, ended, until, waits_for

pytestmark = pytest.mark.timeout(300)

PREPARATION = re.compile(r"\nStreaming azureml-logs/65_job_prep\.txt\n=+\n\n.*?(?=\nStreaming )", re.S)
"""Printed if nothing else was there yet when it was looked for."""


def shape(run: Run, log: str, warnings: str = "") -> str:
    """What is printed while a run is waited for."""
    head = f"RunId: {run.id}\nWeb View: {run.get_portal_url()}\n"
    streaming = f"\nStreaming {DRIVER_LOG}\n{'=' * (len(DRIVER_LOG) + 10)}\n\n"
    return f"{head}{streaming}{log}\nExecution Summary\n=================\n{head}{warnings}\n"


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return PREPARATION.sub("", capsys.readouterr().out)


def test_s7_what_waiting_prints(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    run = site.submit(
        """
        import sys, time
        for epoch in range(3):
            print("epoch", epoch, flush=True)
            time.sleep(0.3)
        print("a warning", file=sys.stderr)
        print("größer ∞")
        """
    )
    details = run.wait_for_completion(show_output=True)
    assert printed(capsys) == shape(run, "epoch 0\nepoch 1\nepoch 2\na warning\ngrößer ∞\n")
    assert (details["status"], details["runId"]) == ("Completed", run.id)


def test_the_log_comes_while_the_script_runs(site: Site) -> None:
    gate = site.gate()
    run = site.submit("print('before', flush=True)\n" + waits_for(gate) + "print('after')")
    with waiting(run) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        assert any(line == "before\n" for line in lines)
        assert run.get_status() == "Running"
        gate.touch()
        assert "after\n" in list(lines)
        assert process.wait(60) == 0


def test_warnings_stand_in_the_summary(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    run = site.run("print('x')")
    said = (RunWarning(source="journal", message="one"), RunWarning(source="journal", message="two"))
    site.workspace.store.runs.update(UpdateRun(run_id=run.id, add_warnings=said))
    details = run.wait_for_completion(show_output=True)
    assert printed(capsys) == shape(run, "x\n", "\nWarnings:\none\ntwo\n\n")
    assert details["warnings"] == [{"source": "journal", "message": text} for text in ("one", "two")]


def test_a_failure_is_raised_with_its_error(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    run = site.submit("raise ValueError('no luck')")
    with pytest.raises(ActivityFailedException) as caught:
        run.wait_for_completion(show_output=True)
    head, _, text = caught.value.message.partition("\n")
    error = run.get_details()["error"]
    assert (head, text) == ("Activity Failed:", json.dumps(error, indent=4))
    assert error["error"]["message"] == "ValueError: no luck"
    log = printed(capsys)
    assert "ValueError: no luck\n\nExecution Summary\n" in log
    assert "Error:\n{" not in log
    with pytest.raises(ActivityFailedException):
        run.wait_for_completion()


def test_a_wait_without_output_does_not_miss_the_error_behind_the_last_files(site: Site) -> None:
    run = site.submit(
        "import os\n"
        "os.makedirs('outputs', exist_ok=True)\n"
        "with open('outputs/weights.bin', 'wb') as file:\n"
        "    file.write(os.urandom(64 << 20))\n"  # is on its way for a while
        "raise ValueError('no luck')"
    )
    with pytest.raises(ActivityFailedException, match="ValueError: no luck"):
        run.wait_for_completion()
    history = run._store.runs.get(GetRun(run_id=run.id)).history
    assert [(change.status.value, change.reason) for change in history[-2:]] == [
        ("Finalizing", "exit code 1"),
        ("Failed", "exit code 1"),
    ]


def test_or_printed_if_it_is_not_to_be_raised(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    run = site.submit("raise SystemExit(4)")
    details = run.wait_for_completion(show_output=True, raise_on_error=False)
    error = json.dumps(details["error"], indent=4)
    assert printed(capsys) == shape(run, "") + f"Error:\n{error}\n"
    assert details["error"]["error"]["code"] == "ExitCode"
    assert "exit code 4" in details["error"]["error"]["message"]
    assert run.wait_for_completion(raise_on_error=False)["status"] == "Failed"
    assert capsys.readouterr().out == ""


def test_ctrl_c_ends_the_wait_and_not_the_run(site: Site) -> None:
    gate = site.gate()
    run = site.submit("print('begun', flush=True)\n" + waits_for(gate))
    with waiting(run) as process:
        assert process.stdout is not None
        assert any(line == "begun\n" for line in iter(process.stdout.readline, ""))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "ExperimentExecutionException" in said
    assert "interrupted" in said
    assert "the run goes on" in said
    assert "run.cancel()" in said
    assert run.get_status() == "Running"
    gate.touch()
    assert ended(run).status == "Completed"


def test_who_waits_elsewhere_learns_of_the_end(site: Site) -> None:
    gate = site.gate()
    run = site.submit(waits_for(gate))
    until(lambda: run.get_status() == "Running")
    with waiting(run) as process:
        run.cancel()
        text, said = process.communicate(timeout=90)
    assert (process.returncode, said) == (0, "")
    assert "Execution Summary" in text
    assert run.get_status() == "Canceled"


def waiting(run: Run) -> subprocess.Popen[str]:
    """A process that waits for a run and prints its log."""
    code = (
        "import sys; from runwatch import Run, Workspace; "
        "Run.get(Workspace.open(sys.argv[1]), sys.argv[2]).wait_for_completion(show_output=True)"
    )
    line: list[Any] = [sys.executable, "-c", code, run.experiment.workspace.place, run.id]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
