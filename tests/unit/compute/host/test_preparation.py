"""How the folder of a job is prepared."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
from pathlib import Path
from threading import Event

import pytest

from runwatch.compute.backend.protocol import Submission
from runwatch.compute.host.preparation import CanceledError, Preparation
from runwatch.schema.error import ExperimentExecutionException, InvalidValueError
from runwatch.schema.launch import MAX_DURATION_S, Launch
from runwatch.schema.run import Run
from runwatch.sdk.snapshot.capture import capture, put
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run


class Scene:
    """A run with a snapshot of a script."""

    def __init__(self, root: Path) -> None:
        self.root, self.store, self.cancel = root, MemoryStore(), Event()
        self.run: Run = new_run(self.store)
        source = root / "source"
        source.mkdir()
        (source / "train.py").write_text("print(1)")
        put(self.store, self.run.run_id, capture(source))
        self.folder = root / "job"

    def preparation(self, **facts: object) -> Preparation:
        given = {"script": "train.py", "python": sys.executable, "host": socket.gethostname()} | facts
        submission = Submission(run=self.run, attempt=1, launch=Launch(**given))  # type: ignore[arg-type]
        return Preparation(
            submission, self.store, workspace=str(self.root / "w"), folder=self.folder,
            environments=self.root / "environments", gpus=None, cancel=self.cancel,
        )  # fmt: skip


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_the_folder_of_a_script(scene: Scene) -> None:
    made = scene.preparation(arguments=("--rate", "0.1")).run()
    assert made.processes[0].argv[1:] == ("train.py", "--rate", "0.1")
    assert os.path.samefile(made.processes[0].argv[0], sys.executable)
    assert made.max_duration_s == MAX_DURATION_S
    work = scene.folder / "work"
    assert made.cwd == str(work)
    assert (work / "train.py").read_text() == "print(1)"
    assert sorted(path.name for path in work.iterdir()) == ["logs", "outputs", "train.py"]
    written = scene.folder / "job.json"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert json.loads(written.read_text())["environment"]["RUNWATCH_RUN_ID"] == scene.run.run_id
    told = (scene.folder / "prepare.txt").read_text()
    assert "1 files of snapshot" in told


def test_each_rank_has_a_console(scene: Scene) -> None:
    made = scene.preparation(framework="mpi", processes=3).run()
    assert [Path(process.console).name for process in made.processes] == ["0.txt", "1.txt", "2.txt"]


def test_it_may_be_repeated_in_the_same_folder(scene: Scene) -> None:
    scene.preparation().run()
    for name in ("state.json", "exit.json", "work/left"):
        (scene.folder / name).write_text("of one that died")
    scene.preparation().run()
    assert not [name for name in ("state.json", "exit.json", "work/left") if (scene.folder / name).exists()]


def test_one_text_is_for_the_shell_and_several_are_a_program(scene: Scene) -> None:
    made = scene.preparation(script="", command=("echo $HOME",)).run()
    assert made.processes[0].argv[:3] == ("/bin/sh", "-c", "echo $HOME")
    made = scene.preparation(script="", command=("python", "-V"), arguments=("-q",)).run()
    assert made.processes[0].argv[1:] == ("-V", "-q")
    assert os.path.isabs(made.processes[0].argv[0])


@pytest.mark.parametrize(
    ("facts", "part"), [({"script": "absent.py"}, "absent.py is not in what"), ({"nodes": 2}, "asks for 2 machines")]
)
def test_what_is_wrong_is_told_in_the_log_too(scene: Scene, facts: dict[str, object], part: str) -> None:
    with pytest.raises(ExperimentExecutionException, match=part):
        scene.preparation(**facts).run()
    assert part in (scene.folder / "prepare.txt").read_text()
    assert not (scene.folder / "job.json").exists()


def test_it_stops_when_it_is_canceled(scene: Scene) -> None:
    scene.cancel.set()
    with pytest.raises(CanceledError):
        scene.preparation().run()
    assert not (scene.folder / "job.json").exists()


def test_folders_that_the_script_writes_to_are_there(scene: Scene) -> None:
    scene.preparation(folders=("outputs/made/deep",)).run()
    assert (scene.folder / "work" / "outputs" / "made" / "deep").is_dir()
    with pytest.raises(InvalidValueError):
        scene.preparation(folders=("../up",)).run()
    assert not (scene.folder / "up").exists()
