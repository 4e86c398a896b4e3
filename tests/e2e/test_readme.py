"""The README's examples do what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"RUNWATCH_WORKSPACE": str(folder / "workspace"), "NO_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


TRAIN = """
import sys
from runwatch import Run
print("learning with", sys.argv[2])
Run.get_context().log("loss", 0.5)
"""


def executed(code: str, folder: Path) -> str:
    """What an example prints."""
    (folder / "example.py").write_text(code, encoding="utf-8")
    done = run([sys.executable, "example.py"], folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def end_agent(workspace: Path) -> None:
    """End the agent that a submission has started, and wait until it has gone."""
    log = workspace / "compute" / "agent.log"
    (number,) = re.findall(r"process (\d+)$", log.read_text(encoding="utf-8"), flags=re.MULTILINE)
    agent = psutil.Process(int(number))
    agent.terminate()
    agent.wait(20)


def test_the_python_examples_run_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text(TRAIN, encoding="utf-8")
    recording, submitting = blocks("python")
    assert float(executed(recording, tmp_path).splitlines()[-1]) < 0.2  # the least loss of twenty epochs
    try:
        assert "learning with 0.1\n" in executed(submitting, tmp_path)
    finally:
        end_agent(tmp_path / "workspace")

    shell = Path(sys.executable).parent / "runwatch"
    listed = run([str(shell), "runs", "--columns", "loss.min,loss.last"], tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert "first-steps" in listed.stdout
    assert "Completed" in listed.stdout


def test_the_commands_it_names_exist() -> None:
    named = set(re.findall(r"^make (\w+)", README, flags=re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert named
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in named)


def test_its_links_lead_somewhere() -> None:
    targets = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert targets
    assert [link for link in targets if not (ROOT / link).exists()] == []


def test_the_map_names_what_is_there() -> None:
    folders = re.findall(r"^\| `([\w/]+)` \|", README, flags=re.MULTILINE)
    assert len(folders) > 5
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []
