"""Packages that a test makes itself, so that environments are built without a network."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

BACKEND = """
import pathlib, signal, time

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    began, go = pathlib.Path({began!r}), pathlib.Path({go!r})
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    began.touch()
    while not go.exists():
        time.sleep(0.05)
    name = {wheel!r}
    (pathlib.Path(wheel_directory) / name).write_bytes(pathlib.Path({kept!r}).read_bytes())
    return name
"""


def make_wheel(folder: Path, name: str, version: str = "1.0", requires: str = "") -> Path:
    """A wheel with one module of the package's name, which knows its version."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return path


class SlowPackage:
    """A source package whose building stands still, deaf to SIGTERM, until the test lets it go on.

    Args:
        folder: Where the package is put.
        signs: Where its two signs are: ``began`` appears when building has begun, ``go`` lets it end.
        name: Its name.
    """

    def __init__(self, folder: Path, signs: Path, name: str = "slow") -> None:
        kept = make_wheel(signs / "kept", name)
        self.began, self.go = signs / "began", signs / "go"
        backend = BACKEND.format(began=str(self.began), go=str(self.go), wheel=kept.name, kept=str(kept))
        project = (
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
            f'[project]\nname = "{name}"\nversion = "1.0"\n'
        )
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(folder / f"{name}-1.0.tar.gz", "w:gz") as archive:
            for file, text in {
                "backend.py": backend,
                "pyproject.toml": project,
                "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            }.items():
                entry = tarfile.TarInfo(f"{name}-1.0/{file}")
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
