"""The end of the process: what is told, by whom, and to whom."""

from __future__ import annotations

import os
import sys

import pytest

from runwatch.sdk import leaving, recording, starting
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run


@pytest.fixture(autouse=True)
def no_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ps1", "last_exc", "last_value"):
        monkeypatch.delattr(sys, name, raising=False)


def test_the_exception_that_ended_the_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert leaving.fatal_exception() is None
    error = ValueError("bad")
    monkeypatch.setattr(sys, "last_value", error, raising=False)
    assert leaving.fatal_exception() is error
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    assert leaving.fatal_exception() is None  # printed at a prompt, long survived


def test_it_is_described() -> None:
    class Odd(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert leaving.describe(None) is None
    found = leaving.describe(ValueError("bad"))
    assert found is not None
    assert (found["type"], found["message"]) == ("ValueError", "bad")
    odd = leaving.describe(Odd())
    assert odd is not None
    assert odd["message"] == "Odd"
    assert odd["type"].endswith("Odd")


def test_everything_recorded_is_in_the_store(run: Run, experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwatch.sdk.home.close_all", lambda: None)
    run.log("x", 1)
    leaving.leave()
    assert Run(experiment, run.id).get_metrics() == {"x": 1}
    assert run.get_status() == "Running"  # only the watcher, which sees the process end, may say otherwise


def test_a_forked_child_says_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording.Recording, "leave", lambda *arguments: pytest.fail("it spoke"))
    monkeypatch.setattr(os, "getpid", lambda: -1)
    leaving.leave()
    leaving.watch_for_exit()  # the child begins a run of its own: it speaks for that one only
    leaving.leave()
    monkeypatch.undo()
    leaving.watch_for_exit()


def test_who_joined_a_recording_does_not_speak_for_its_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "is_claimed", lambda folder: True)
    own = run._recording
    assert own is not None
    recording.forget(own)
    joined = starting.join(run._location, run._record)
    assert joined.joined
    assert joined.folder == own.folder
    monkeypatch.setattr(joined.writer, "event", lambda *arguments: pytest.fail("it spoke"))
    joined.leave(None)
