"""``runwatch export`` and ``import`` as processes: progress, Ctrl-C, pipes."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runwatch.store.location import open_store
from tests.e2e.test_cli import COMMAND, _on_terminal, _run
from tests.unit.archive.scene import everything
from tests.unit.cli.conftest import START, Maker


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    store = open_store(str(folder))
    maker = Maker(store)
    for number in range(4):
        maker.run(f"run-{number}", at=START + number)
        maker.log(f"run-{number}", "loss", [random.Random(number).random() for _ in range(5_000)])
        maker.file(f"run-{number}", "outputs/model.bin", random.Random(number).randbytes(4 << 20))
        maker.end(f"run-{number}")
    store.close()
    return folder


@pytest.fixture
def environment(place: Path) -> dict[str, str]:
    dropped = {"COLUMNS", "NO_COLOR", "RUNWATCH_TRACEBACK", "PYTHONWARNINGS"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "RUNWATCH_WORKSPACE": str(place), "TERM": "xterm", "PYTHONUTF8": "1"}


def test_out_of_one_workspace_into_another(environment: dict[str, str], place: Path, tmp_path: Path) -> None:
    code, shown = _on_terminal(environment, "export", "-e", "digits", "-o", str(tmp_path / "all.zip"), width=200)
    assert code == 0
    assert "\x1b[" in shown  # the bar, which is gone at the end
    assert re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).rstrip().splitlines()[-1].startswith(str(tmp_path / "all.zip"))
    other = {**environment, "RUNWATCH_WORKSPACE": str(tmp_path / "other")}
    answer = _run(other, "import", str(tmp_path / "all.zip"), "--json")
    assert answer.returncode == 0, answer.stderr
    assert len(json.loads(answer.stdout)["imported"]["run_ids"]) == 4
    stores = [open_store(str(folder), create=False) for folder in (place, tmp_path / "other")]
    assert everything(stores[0]) == everything(stores[1])
    for store in stores:
        store.close()
    assert _on_terminal(other, "import", str(tmp_path / "all.zip"), width=200)[0] == 0


def test_ctrl_c_leaves_no_half_archive(environment: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for name in ("all.zip", "all"):
        process = subprocess.Popen(
            [*COMMAND, "export", "-e", "digits", "-o", str(folder / name)],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while not (folder.is_dir() and any(folder.iterdir())) and time.monotonic() < deadline:
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        if process.returncode == 0:  # it was done before the signal came
            (folder / name).rename(tmp_path / name)
        else:
            assert (process.returncode, err) == (130, b"")
        assert list(folder.iterdir()) == []


def test_without_pyarrow_one_line_says_what_to_do(environment: dict[str, str], tmp_path: Path) -> None:
    script = "import sys; sys.modules['pyarrow'] = None; from runwatch.cli.app import main; main(sys.argv[1:])"
    answer = subprocess.run(
        [sys.executable, "-c", script, "export", "run-0", "-o", str(tmp_path / "x.zip")],
        env=environment, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert answer.returncode == 1
    assert "pip install 'runwatch[parquet]'" in answer.stderr.decode()
    assert not (tmp_path / "x.zip").exists()
