"""Runwatch itself, put into the environments of jobs: one copy of each version, which environments point to."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import secrets
import shutil
from importlib import metadata
from pathlib import Path
from typing import Final

from msgspec import Struct

from runwatch.compute.environment.python import Python, minor_of

OLDEST: Final = (3, 11)
"""The first Python that Runwatch runs on."""

PREFIX: Final = "runwatch-"

NOT_IN_JOBS: Final = frozenset(
    {"httptools", "prometheus-client", "rich", "starlette", "typer", "uv", "uvicorn", "uvloop"}
)
"""Required by the server, the command line and the builder; nothing that a job imports needs them."""

_POINTER: Final = "runwatch.pth"


class Provision(Struct, frozen=True, kw_only=True):
    """A Runwatch that can be put into environments.

    Attributes:
        source: The package's folder.
        version: Its version.
        requirements: What it needs in a job, in pip's spelling.
        original: The folder of the package with the import names of the Azure ML SDK v1; empty if it is not here.
    """

    source: str
    version: str
    requirements: tuple[str, ...]
    original: str = ""

    @classmethod
    def running(cls) -> Provision:
        """The Runwatch that runs here."""
        distribution = metadata.distribution("runwatch")
        return cls(
            source=str(Path(__file__).parents[2]),
            version=distribution.version,
            requirements=tuple(each for each in distribution.requires or () if _is_needed(each)),
            original=_original(),
        )

    def fits(self, version: str) -> bool:
        """Whether a Python of this version can run it."""
        return minor_of(version) >= OLDEST

    def put_into(self, python: Python, place: Path) -> str:
        """Let a built environment import it; jobs that run already keep the copy that they started with.

        Args:
            python: The environment's Python.
            place: Where environments are kept.

        Returns:
            The name of the copy.
        """
        copy = self.copied(place)
        pointer = Path(python.site) / _POINTER
        text = f"{copy}\n"
        if not pointer.exists() or pointer.read_text(encoding="utf-8") != text:
            draft = pointer.with_name(f".{_POINTER}.{secrets.token_hex(4)}")
            draft.write_text(text, encoding="utf-8")
            draft.replace(pointer)
        os.utime(copy)
        return copy.name

    def copied(self, place: Path) -> Path:
        """The folder with the copy that jobs import from; made if this state of the source has none yet."""
        copy = place / f"{PREFIX}{self.version}-{self._state()}"
        if copy.is_dir():
            return copy
        draft = place / f".{PREFIX}{secrets.token_hex(8)}"
        try:
            for package, source in self._sources().items():
                shutil.copytree(source, draft / package, ignore=shutil.ignore_patterns("__pycache__"))
            draft.rename(copy)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            if not copy.is_dir():  # else another process was quicker
                raise
        return copy

    def _sources(self) -> dict[str, Path]:
        return {"runwatch": Path(self.source)} | ({"azureml": Path(self.original)} if self.original else {})

    def _state(self) -> str:
        """Changes whenever a file of the source does."""
        seen = []
        for package, source in self._sources().items():
            files = sorted(path for path in source.rglob("*") if path.is_file() and path.suffix != ".pyc")
            for path in files:
                about = path.stat()
                seen.append((package, str(path.relative_to(source)), about.st_mtime_ns, about.st_size))
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def _original() -> str:
    """Where ``runwatch-azureml`` has put its package; nothing of it is imported, and the original is none of it."""
    found = importlib.util.find_spec("azureml")
    folder = Path(found.origin).parent if found is not None and found.origin else None
    return str(folder) if folder is not None and (folder / "_guard.py").is_file() else ""


def _is_needed(requirement: str) -> bool:
    specifier, _, marker = requirement.partition(";")
    name = re.split(r"[\s<>=!~\[(]", specifier.strip(), maxsplit=1)[0].lower()
    return re.search(r"\bextra\b", marker) is None and name not in NOT_IN_JOBS
