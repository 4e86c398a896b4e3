"""How runs end: by word, by context, with what was printed, and when the store is away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from runwatch.schema.error import ServiceException, StoreUnavailableError
from runwatch.schema.run import ExitKind, GetRun, RunStatus
from runwatch.schema.run import Run as Record
from runwatch.sdk import recording, transfer
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run
from runwatch.sdk.stand_in import StandIn


def record_of(run: Run) -> Record:
    return run._store.runs.get(GetRun(run_id=run.id))


def log_of(run: Run) -> str:
    return transfer.read_bytes(run._store, run.id, "logs/user_log.txt").decode()


def test_complete_carries_everything_over(experiment: Experiment) -> None:
    run = experiment.start_logging()
    run.log("x", 1)
    Path("outputs/deep").mkdir()
    Path("outputs/deep/model.pkl").write_bytes(b"w")
    run.complete()
    assert run.status == "Completed"
    assert record_of(run).ended_at is not None
    assert run.get_metrics() == {"x": 1}
    assert run.get_file_names() == ["outputs/deep/model.pkl"]
    assert run._recording is None
    assert not any((Path(run._location) / "journal").iterdir())


def test_fail_keeps_message_code_and_traceback(experiment: Experiment) -> None:
    texts, plain = experiment.start_logging(outputs=None), experiment.start_logging(outputs=None)
    texts.fail("out of luck", error_code="Luck")
    plain.fail()
    try:
        raise ValueError("bad number")
    except ValueError as error:
        raised = experiment.start_logging(outputs=None)
        raised.fail(error)
    assert [run.get_status() for run in (texts, plain, raised)] == ["Failed"] * 3
    one, two, three = (record_of(run).error for run in (texts, plain, raised))
    assert one is not None
    assert two is not None
    assert three is not None
    assert (one.message, one.code) == ("out of luck", "Luck")
    assert two.code == "UserError"
    assert three.message == "User program failed with ValueError: bad number"
    assert "Traceback" in three.details


def test_cancel_and_a_status_that_stays(run: Run) -> None:
    run.cancel()
    assert run.get_status() == "Canceled"
    run.complete()
    run.fail("late")
    assert record_of(run).status is RunStatus.CANCELED
    assert record_of(run).error is None


def test_a_run_of_another_session_is_ended_directly(run: Run, experiment: Experiment) -> None:
    recording.forget(run._recording)  # type: ignore[arg-type]
    other = Run(experiment, run.id)
    other.cancel()
    assert record_of(run).status is RunStatus.CANCELED
    assert record_of(run).exit is not None
    assert other._recording is None


def test_complete_without_status_only_waits(run: Run) -> None:
    run.log("x", 1)
    run.complete(_set_status=False)
    run.fail("no", _set_status=False)
    assert run.get_status() == "Running"


def test_start(experiment: Experiment, run: Run) -> None:
    run.start()
    assert run.get_status() == "Running"


def test_a_context_completes_and_keeps_what_was_printed(
    experiment: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    with experiment.start_logging(outputs=None) as run:
        print("to stdout", end="")
        print("to stderr", file=sys.stderr)
        assert run.get_status() == "Running"
    print("afterwards")
    assert run.get_status() == "Completed"
    assert log_of(run) == "to stdoutto stderr\n"
    captured = capsys.readouterr()
    assert captured.out == "to stdoutafterwards\n"
    assert captured.err == "to stderr\n"
    assert run.get_details()["logFiles"]


def test_an_exception_fails_the_run_and_goes_on(experiment: Experiment) -> None:
    with pytest.raises(ZeroDivisionError), experiment.start_logging(outputs=None) as run:
        run.log("x", 1 / 0)
    found = record_of(run)
    assert found.status is RunStatus.FAILED
    assert found.error is not None
    assert found.error.message == "User program failed with ZeroDivisionError: division by zero"
    assert "test_run_life.py" in found.error.details


@pytest.mark.parametrize(("code", "status"), [(None, "Completed"), (0, "Completed"), (3, "Failed"), ("bad", "Failed")])
def test_system_exit(experiment: Experiment, code: Any, status: str) -> None:
    with pytest.raises(SystemExit), experiment.start_logging(outputs=None) as run:
        sys.exit(code)
    assert run.get_status() == status


def test_ctrl_c_cancels(experiment: Experiment) -> None:
    with pytest.raises(KeyboardInterrupt), experiment.start_logging(outputs=None) as run:
        raise KeyboardInterrupt
    found = record_of(run)
    assert found.status is RunStatus.CANCELED
    assert found.exit is not None
    assert found.exit.kind in {ExitKind.INTERRUPTED, ExitKind.CANCELED}


def test_a_run_ended_inside_its_context_stays_as_it_is(experiment: Experiment) -> None:
    with experiment.start_logging(outputs=None) as run:
        run.fail("by hand")
    assert run.get_status() == "Failed"


def test_contexts_within_contexts(experiment: Experiment) -> None:
    with experiment.start_logging(outputs=None) as outer:
        print("one")
        with outer.child_run("inner") as inner:
            print("two")
        print("three")
    assert log_of(outer) == "one\ntwo\nthree\n"
    assert log_of(inner) == "two\n"
    assert inner.get_status() == outer.get_status() == "Completed"


def test_flush(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run.log("x", 1)
    run.flush()
    monkeypatch.setattr(StandIn, "ring", lambda self: None)
    run.log("x", 2)
    with pytest.raises(ServiceException, match=r"0\.05 seconds"):
        run.flush(timeout_seconds=0.05)
    monkeypatch.undo()
    run.flush()


def test_an_end_while_the_store_is_away_is_kept(
    experiment: Experiment, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(*arguments: object) -> None:
        raise StoreUnavailableError("busy")

    child = run.child_run()
    with monkeypatch.context() as patch:
        patch.setattr(type(run._store.runs), "update", away)
        child.complete()
    folder = Path(run._location) / "journal" / child.id
    assert folder.is_dir()
    assert "on their way" in capsys.readouterr().err
    StandIn(folder).ring()
    assert record_of(child).status is RunStatus.COMPLETED


def test_a_slow_watcher_is_left_to_work_alone(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(StandIn, "ring", lambda self: None)
    run.log("x", 1)
    run.complete()
    assert "on their way" in capsys.readouterr().err
    monkeypatch.undo()
    StandIn(Path(run._location) / "journal" / run.id).ring()
    assert run.get_status() == "Completed"
    assert run.get_metrics() == {"x": 1}


def test_a_watcher_that_cannot_be_started(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failed:
        failed = "The watcher could not be started: no memory."

    monkeypatch.setattr(recording, "_watcher", None)
    monkeypatch.setattr(recording, "start_watching", lambda folder: Failed())
    run = experiment.start_logging(outputs=None)
    run.log("x", 1)
    assert run.get_metrics() == {"x": 1}
    run.complete()
    assert run.get_status() == "Completed"


def test_git_is_asked_without_waiting(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    from runwatch.sdk import starting

    class Slow:
        answers: list[dict[str, str] | None] = [None, {"azureml.git.commit": "abc"}]  # noqa: RUF012

        def __init__(self, folder: Path) -> None:
            pass

        def answer(self, timeout_s: float) -> dict[str, str] | None:
            return self.answers.pop(0)

    monkeypatch.setattr(starting, "GitInquiry", Slow)
    run = experiment.start_logging(outputs=None)
    assert run.properties == {}
    assert run.get_properties() == {"azureml.git.commit": "abc"}


def test_what_went_wrong_is_shown_with_the_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise OSError("the disk is gone")

    run.log("x", 1 + 2j)
    with monkeypatch.context() as patch:
        patch.setattr(run._recorder().writer, "rows", broken)
        run.log_list("l", [1])
        run.log_list("l", [2])
    run.complete()
    sdk, journal = sorted(record_of(run).warnings, key=lambda warning: warning.source, reverse=True)
    assert (sdk.source, sdk.count) == ("sdk", 2)
    assert "the disk is gone" in sdk.message
    assert journal.source == "journal"
    assert "complex" in journal.message


def test_a_child_that_logged_nothing_leaves_nothing(run: Run) -> None:
    child = run.child_run()
    folder = Path(run._location) / "journal" / child.id
    assert folder.is_dir()
    child.complete()
    assert not folder.exists()


def test_runs_one_after_the_other_share_a_watcher(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Path] = []

    def start(folder: Path) -> StandIn:
        started.append(folder)
        return StandIn(folder)

    monkeypatch.setattr(recording, "start_watching", start)
    for number in range(3):
        with experiment.start_logging(outputs=None) as run:
            run.log("x", number)
        assert run.get_metrics() == {"x": number}
    assert len(started) == 1


def test_a_run_that_is_being_finished_gets_a_journal_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from runwatch.schema.run import UpdateRun
    from runwatch.sdk import starting

    own = run._recording
    assert own is not None
    recording.forget(own)
    monkeypatch.setattr(starting, "is_claimed", lambda folder: True)
    run._store.runs.update(UpdateRun(run_id=run.id, status=RunStatus.FINALIZING))
    run.log("late", 1)
    found = run._recording
    assert found is not None
    assert found.folder != own.folder
    assert run.get_metrics() == {"late": 1}
