"""A workspace with a few runs, made through the store, and a way to call the command line in this process."""

from __future__ import annotations

import json
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runwatch.cli.app import main
from runwatch.schema.artifact import AppendArtifact, SealArtifact
from runwatch.schema.metric import AppendBatch, Block, Column, ColumnType, MetricKind
from runwatch.schema.run import CreateRun, ExitCause, ExitKind, Run, RunError, RunStatus, RunWarning, UpdateRun
from runwatch.store.location import open_store
from runwatch.store.protocol import Store

START = time.time() - 3_600


class Maker:
    """Makes runs with their metrics and files in a store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._sequence: dict[str, int] = {}

    def run(self, run_id: str, experiment: str = "digits", *, at: float = START, **words: Any) -> Run:
        words.setdefault("status", RunStatus.RUNNING)
        return self.store.runs.create(
            CreateRun(experiment=experiment, run_id=run_id, token=run_id, created_at=at, **words)
        )

    def end(self, run_id: str, status: RunStatus = RunStatus.COMPLETED, **words: Any) -> Run:
        return self.store.runs.update(UpdateRun(run_id=run_id, status=status, at=START + 100, **words))

    def log(self, run_id: str, name: str, values: Sequence[float], steps: Sequence[int] | None = None) -> None:
        column = Column(name="value", type=ColumnType.FLOAT, data=array("d", values).tobytes())
        self._append(run_id, name, MetricKind.SCALAR, [column], len(values), steps)

    def table(self, run_id: str, name: str, **columns: Sequence[float | str]) -> None:
        made, rows = [], 0
        for title, cells in columns.items():
            rows = len(cells)
            if all(isinstance(cell, str) for cell in cells):
                made.append(Column(name=title, type=ColumnType.STR, data=msgspec.msgpack.encode(list(cells))))
            else:
                data = array("d", [float(cell) for cell in cells]).tobytes()
                made.append(Column(name=title, type=ColumnType.FLOAT, data=data))
        self._append(run_id, name, MetricKind.TABLE, made, rows, None)

    def file(self, run_id: str, path: str, data: bytes, *, sealed: bool = True) -> None:
        self.store.artifacts.append(AppendArtifact(run_id=run_id, path=path, offset=0, data=data))
        if sealed:
            self.store.artifacts.seal(SealArtifact(run_id=run_id, path=path))

    def _append(
        self, run_id: str, name: str, kind: MetricKind, columns: list[Column], rows: int, steps: Sequence[int] | None
    ) -> None:
        first = self._sequence.get(run_id, 0)
        self._sequence[run_id] = first + 1
        times = array("q", [int((START + row) * 1e6) for row in range(rows)]).tobytes()
        block = Block(
            metric=name,
            kind=kind,
            rows=rows,
            columns=tuple(columns),
            times=times,
            steps=b"" if steps is None else array("q", steps).tobytes(),
        )
        self.store.metrics.append(
            AppendBatch(run_id=run_id, writer="00" * 16, epoch=1, first=first, count=1, blocks=(block,))
        )


class Answer:
    """What a command answered."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Cli = Callable[..., Answer]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the workspace of every command."""
    folder = tmp_path / "workspace"
    monkeypatch.setenv("RUNWATCH_WORKSPACE", str(folder))
    for name in ("COLUMNS", "NO_COLOR", "RUNWATCH_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def maker(place: Path) -> Iterator[Maker]:
    store = open_store(str(place))
    yield Maker(store)
    store.close()


@pytest.fixture
def cli(place: Path, capfd: pytest.CaptureFixture[str]) -> Cli:
    def call(*words: str) -> Answer:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        out, err = capfd.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else 0, out, err)

    return call


@pytest.fixture
def digits(maker: Maker) -> Maker:
    """Three runs of ``digits`` (one failed, one running with a child) and one of ``wine``."""
    maker.run("alpha-1", params={"lr": 0.1, "net": "mlp"}, tags={"team": "vision", "flag": None}, at=START)
    maker.log("alpha-1", "loss", [0.9, 0.123456, 0.25], steps=[0, 1, 2])
    maker.log("alpha-1", "acc", [0.5, 0.75])
    maker.file("alpha-1", "outputs/model.pkl", b"model")
    maker.file("alpha-1", "outputs/deep/report.json", b"{}")
    maker.file("alpha-1", "logs/user_log.txt", b"one\ntwo\nthree\n")
    maker.end("alpha-1", exit=ExitCause(kind=ExitKind.COMPLETED, code=0))
    maker.run("alpha-2", params={"lr": 0.01}, at=START + 10)
    maker.log("alpha-2", "loss", [0.9, 0.5])
    maker.end(
        "alpha-2",
        RunStatus.FAILED,
        error=RunError(message="ValueError: no\nmore", details="\n".join(f"line {n}" for n in range(30))),
        exit=ExitCause(kind=ExitKind.SIGNAL, signal=9, evidence="the kernel reported signal 9"),
        add_warnings=(RunWarning(source="journal", message="points were dropped", count=3),),
    )
    maker.run("beta-1", at=START + 20, display_name="the long one")
    maker.run("beta-1-child", at=START + 30, parent_run_id="beta-1")
    maker.run("gamma", "wine", at=START + 40, status=RunStatus.QUEUED)
    return maker
