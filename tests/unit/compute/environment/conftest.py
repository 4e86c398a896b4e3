"""Fixtures: a workshop that is alone, whatever the machine's configuration says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.compute.environment.workshop import Workshop


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setattr("runwatch.compute.environment.tool.CONDA_PROGRAMS", ())
    return Workshop(tmp_path)
