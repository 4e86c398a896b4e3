from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runwatch.journal.pen import PenKind, native
from runwatch.journal.writer import JournalWriter

MakeWriter = Callable[..., JournalWriter]


@pytest.fixture(params=["native", "map", "write"])
def pen(request: pytest.FixtureRequest) -> PenKind:
    """Each way of writing a record."""
    kind: PenKind = request.param
    if kind == "native" and native is None:
        pytest.skip("the native extension is not built")
    return kind


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run-1"


@pytest.fixture
def make_writer(folder: Path, pen: PenKind) -> Iterator[MakeWriter]:
    """Makes writers of the run in ``folder``, closed at the end."""
    made: list[JournalWriter] = []

    def make(**options: object) -> JournalWriter:
        made.append(JournalWriter(folder, "run-1", pen=pen, **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for writer in made:
        writer.close()


@pytest.fixture
def writer(make_writer: MakeWriter) -> JournalWriter:
    return make_writer()
