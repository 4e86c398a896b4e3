"""Finds out which commit the working folder is at, with the git program and without ever waiting long for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

START_S: Final = 0.05
"""How long the start of a run waits for git; in most repositories it takes a fifth of this."""

DIFF_S: Final = 5.0
"""How long a submission waits for the difference to the last commit."""

DIFF_BYTES: Final = 16 << 20
"""A longer difference is not source any more; it is left out as a whole, since half a patch is none."""

_DIFF: Final = ("diff", "HEAD", "--binary", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=dirty")
_STATUS: Final = ("status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules=dirty")
_ORIGIN: Final = ("config", "--get", "remote.origin.url")
_OVERRIDES: Final = {
    "azureml.git.repository_uri": "AZUREML_GIT_REPOSITORY_URI",
    "azureml.git.branch": "AZUREML_GIT_BRANCH",
    "azureml.git.commit": "AZUREML_GIT_COMMIT",
    "azureml.git.dirty": "AZUREML_GIT_DIRTY",
    "azureml.git.build_id": "AZUREML_GIT_BUILD_ID",
    "azureml.git.build_uri": "AZUREML_GIT_BUILD_URI",
}
_TWINS: Final = {
    "azureml.git.repository_uri": "mlflow.source.git.repoURL",
    "azureml.git.branch": "mlflow.source.git.branch",
    "azureml.git.commit": "mlflow.source.git.commit",
}


class GitInquiry:
    """Asks git about a folder: started at once, answered when git is done. No thread, no shell, nothing written.

    Args:
        folder: The folder asked about.
    """

    def __init__(self, folder: Path) -> None:
        self._asked: list[subprocess.Popen[str]] = []
        program = shutil.which("git")
        if program is None or not Path(program).is_absolute():  # a relative entry of PATH could be a trap
            return
        if not any((place / ".git").exists() for place in (folder, *folder.parents)):
            return
        for question in (_STATUS, _ORIGIN):
            try:
                self._asked.append(_ask(program, question, folder))
            except OSError:  # no process to be had: a run without git properties is still a run
                self.drop()
                return

    def answer(self, timeout_s: float) -> dict[str, str] | None:
        """The run properties, or None if git is not done in time; then ask again later.

        Args:
            timeout_s: At most so long.
        """
        deadline = time.monotonic() + timeout_s
        outputs = []
        for process in self._asked:
            try:
                outputs.append(process.communicate(timeout=max(0.0, deadline - time.monotonic()))[0])
            except subprocess.TimeoutExpired:
                return None
            except (OSError, ValueError):  # ValueError: the pipe was closed by a fork of ours
                outputs.append("")
        status, origin = outputs or ("", "")
        return properties(status, origin)

    def drop(self) -> None:
        """Give up: end what still runs."""
        for process in self._asked:
            process.kill()
            process.communicate()
        self._asked = []


def difference(folder: Path) -> bytes | None:
    """What tracked files differ in from the last commit, as a patch that ``git apply`` takes.

    Args:
        folder: In the repository.

    Returns:
        The patch, empty if nothing differs; None if git does not say so in time, or it is too long.
    """
    program = shutil.which("git")
    if program is None or not Path(program).is_absolute():
        return None
    process = _ask(program, _DIFF, folder, text=False)
    try:
        found, _ = process.communicate(timeout=DIFF_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None
    return found if process.returncode == 0 and len(found) <= DIFF_BYTES else None


def properties(status: str, origin: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The properties of a run, from what git says and what the environment sets instead.

    Args:
        status: The output of ``git status --porcelain=v2 --branch``.
        origin: The URL of the remote; a password in it is left out.
        environment: ``AZUREML_GIT_…`` wins over git.
    """
    found: dict[str, str] = {}
    for line in status.splitlines():
        if line.startswith("# branch.oid "):
            found["azureml.git.commit"] = line.removeprefix("# branch.oid ")
        elif line.startswith("# branch.head "):
            found["azureml.git.branch"] = line.removeprefix("# branch.head ")
    if found:
        dirty = any(line and not line.startswith("#") for line in status.splitlines())
        found["azureml.git.dirty"] = str(dirty)
        if origin.strip():
            found["azureml.git.repository_uri"] = without_password(origin.strip())
    found.update({key: environment[name] for key, name in _OVERRIDES.items() if environment.get(name)})
    found.update({twin: found[key] for key, twin in _TWINS.items() if key in found})
    return found


def without_password(url: str) -> str:
    """The URL without user name and password, which some tools write into a repository's configuration."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _ask(program: str, question: tuple[str, ...], folder: Path, *, text: bool = True) -> subprocess.Popen[Any]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return subprocess.Popen(
        # No monitor and no hook: both are programs that the repository's configuration could name.
        [program, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *question],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=text,
        errors="replace" if text else None,
        start_new_session=True,  # Ctrl-C is for the script
    )
