"""Where this machine keeps what belongs to a workspace."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from runwatch.journal import location


def test_jobs_lie_in_the_workspace() -> None:
    assert location.compute_folder("/ws") == Path("/ws/compute")
    assert location.job_folder("/ws", "run-1", 2) == Path("/ws/compute/jobs/run-1/2")
    assert len(os.fsencode(location.job_folder("/ws", "ä" * 256, 1).parent.name)) < 255


def test_jobs_of_a_server_lie_in_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    one, other = location.compute_folder("https://a"), location.compute_folder("https://b")
    assert one.is_relative_to(tmp_path)
    assert one != other


def test_a_bell_fits_into_a_socket_address(
    tmp_path: Path, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr("tempfile.tempdir", str(short_path))
    deep = tmp_path / "/".join(["long"] * 60)
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(location.bell(deep)))
    assert location.bell(deep) == location.bell(deep)
    assert location.bell(deep) != location.bell(deep / "other")
    assert location.bell(deep).parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give a folder away")
def test_a_bell_is_not_put_into_the_folder_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    os.chown(location.bell(tmp_path).parent, 12345, 12345)
    with pytest.raises(PermissionError, match="somebody else"):
        location.bell(tmp_path)
