"""Waiting for a run, and what is printed meanwhile: people's tools read it."""

from __future__ import annotations

import io
from typing import Any

import pytest

from runwatch.schema.artifact import AppendArtifact
from runwatch.schema.error import ActivityFailedException, ExperimentExecutionException
from runwatch.schema.run import RunStatus, RunWarning, UpdateRun
from runwatch.sdk import waiting
from runwatch.sdk.run import Run


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZUREML_RUN_POLLING_INTERVAL_MIN", "0.01")
    monkeypatch.setenv("AZUREML_RUN_POLLING_INTERVAL_MAX", "0.01")


def events(monkeypatch: pytest.MonkeyPatch, *steps: Any) -> None:
    """At each pause of the wait, the next step happens."""
    waiting_steps = iter(steps)
    monkeypatch.setattr("runwatch.sdk.waiting.time.sleep", lambda s: next(waiting_steps)())


def append(run: Run, path: str, offset: int, text: str) -> None:
    run._store.artifacts.append(AppendArtifact(run_id=run.id, path=path, offset=offset, data=text.encode()))


def test_it_returns_the_details(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    events(monkeypatch, lambda: None, run.complete)
    details = run.wait_for_completion()
    assert (details["runId"], details["status"]) == (run.id, "Completed")


def test_the_last_phase_is_waited_for_if_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run._store.runs.update(UpdateRun(run_id=run.id, status=RunStatus.FINALIZING))
    assert run.wait_for_completion()["status"] == "Finalizing"
    events(monkeypatch, run.complete)
    assert run.wait_for_completion(wait_post_processing=True)["status"] == "Completed"
    assert run.wait_for_completion()["status"] == "Completed"


def test_a_script_that_failed_is_waited_for_to_its_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run._store.runs.update(UpdateRun(run_id=run.id, status=RunStatus.FINALIZING, reason="exit code 3"))
    events(monkeypatch, lambda: None, lambda: run.fail("out of luck"))
    with pytest.raises(ActivityFailedException, match="out of luck"):
        run.wait_for_completion()


def test_what_is_printed(run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    log = "logs/user_log.txt"
    events(
        monkeypatch,
        lambda: append(run, log, 0, "one\n"),
        lambda: append(run, log, 4, "two\n"),
        lambda: append(run, "user_logs/std_log.txt", 0, "other\n"),
        run.complete,
    )
    run._store.runs.update(UpdateRun(run_id=run.id, add_warnings=(RunWarning(source="x", message="Mind."),)))
    run.wait_for_completion(show_output=True)
    url = run.get_portal_url()
    assert capsys.readouterr().out == (
        f"RunId: {run.id}\nWeb View: {url}\n"
        f"\nStreaming logs/user_log.txt\n{'=' * 27}\n\none\ntwo\n"
        f"\nStreaming user_logs/std_log.txt\n{'=' * 31}\n\nother\n"
        f"\nExecution Summary\n=================\nRunId: {run.id}\nWeb View: {url}\n"
        "\nWarnings:\nMind.\n\n\n"
    )


def test_a_failed_run_raises(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.fail("out of luck")
    with pytest.raises(ActivityFailedException, match="Activity Failed:\n") as caught:
        run.wait_for_completion()
    assert '"message": "out of luck"' in str(caught.value)
    assert run.wait_for_completion(raise_on_error=False)["status"] == "Failed"
    run.wait_for_completion(raise_on_error=False, show_output=True)
    assert "Error:\n{" in capsys.readouterr().out


def test_ctrl_c_leaves_the_run_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    for show in (True, False):
        events(monkeypatch, interrupt)
        with pytest.raises(ExperimentExecutionException, match="goes on"):
            run.wait_for_completion(show_output=show)
    assert run.get_status() == "Running"


@pytest.mark.parametrize(
    ("paths", "followed"),
    [
        ([], None),
        (["outputs/x", "logs/other.txt"], None),
        (
            ["azureml-logs/55_azureml-execution-x.txt", "azureml-logs/70_driver_log.txt"],
            "azureml-logs/70_driver_log.txt",
        ),
        (["user_logs/std_log.txt", "logs/user_log.txt"], "user_logs/std_log.txt"),
        (
            ["azureml-logs/70_driver_log_rank_1.txt", "azureml-logs/70_driver_log_rank_0.txt"],
            "azureml-logs/70_driver_log_rank_0.txt",
        ),
    ],
)
def test_which_log_is_followed(paths: list[str], followed: str | None) -> None:
    assert waiting.followed_log(paths) == followed


def test_pauses_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZUREML_RUN_POLLING_INTERVAL_MIN")
    monkeypatch.setenv("AZUREML_RUN_POLLING_INTERVAL_MAX", "60")
    pauses = [waiting.pause_s(at) for at in (0, 40, 80, 120, 180)]
    assert pauses == sorted(pauses)
    assert 55 < pauses[-1] < 60


def test_a_character_may_come_in_two_parts(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    log, data = "logs/user_log.txt", "price 5 € a ▁▂█ b".encode()
    steps = [
        lambda place=place: run._store.artifacts.append(
            AppendArtifact(run_id=run.id, path=log, offset=place, data=data[place : place + 1])
        )
        for place in range(len(data))
    ]
    events(monkeypatch, *steps, run.complete)
    run.wait_for_completion(show_output=True)
    assert "price 5 € a ▁▂█ b" in capsys.readouterr().out


def test_a_character_that_is_never_completed_is_shown_as_such(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.upload_file("logs/user_log.txt", io.BytesIO("cut €".encode()[:-1]))
    run.complete()
    run.wait_for_completion(show_output=True)
    assert "cut \ufffd" in capsys.readouterr().out


def test_bytes_that_are_no_text(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.upload_file("logs/user_log.txt", io.BytesIO(b"\xff\n"))
    run.complete()
    run.wait_for_completion(show_output=True)
    assert "\ufffd\n" in capsys.readouterr().out
