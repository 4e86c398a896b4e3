"""Brings runs into a store that a tracking server has, through MLflow's own client."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from runwatch.importers.azureml import metric, record
from runwatch.importers.azureml.assembly import ORIGINALS
from runwatch.importers.family import parents_first
from runwatch.importers.found import FoundFile, FoundRun
from runwatch.importers.outcome import Candidate, Imported, Outcome, perform
from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, NotFoundError, NotSupportedError, RunwatchError, ServiceException
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from runwatch.schema.name import check_artifact_path, check_run_id, metric_name
from runwatch.schema.run import CreateRun, RunLife, RunStatus, StatusChange
from runwatch.store.protocol import Store
from runwatch.store.text import clean, to_json

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

_STATUSES: Final = {
    "RUNNING": RunStatus.RUNNING,
    "SCHEDULED": RunStatus.QUEUED,
    "FINISHED": RunStatus.COMPLETED,
    "FAILED": RunStatus.FAILED,
    "KILLED": RunStatus.CANCELED,
}
_PARENT: Final = "mlflow.parentRunId"
_NOTE: Final = "mlflow.note.content"
_PAGE: Final = 1_000
_BLOCK_ROWS: Final = 8_192


def import_tracked(
    store: Store | None,
    tracking_uri: str,
    *,
    experiment: str | None = None,
    dry_run: bool = False,
    advance: Callable[[int], None] = lambda _: None,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> Imported:
    """Bring in the runs of a tracking server: parameters, tags, whole histories of metrics, files, times, parents.

    The client is MLflow's (``pip install 'runwatch[mlflow]'``), and so are its ways to sign in, such as the environment
    variables ``MLFLOW_TRACKING_USERNAME``, ``…_PASSWORD`` and ``…_TOKEN``. Files pass through the folder for temporary
    files, one at a time. As with folders, a run comes as a whole and once.

    Args:
        store: Where to; None for a dry run in a workspace that is not there yet.
        tracking_uri: What ``mlflow.set_tracking_uri`` takes.
        experiment: Only this experiment of the server, by its name there.
        dry_run: Only say what would come.
        advance: Told the size, in bytes, of each file stored.
        tell: Told of each run when it is done.

    Returns:
        What became of each run.

    Raises:
        NotSupportedError: MLflow is not installed.
        NotFoundError: The server has no such experiment.
        ServiceException: The server cannot be asked.
    """
    with _translated():
        client = _client(tracking_uri)
        candidates: list[Candidate] = []
        for each in _experiments(client, experiment):
            runs = {run.info.run_id: run for run in _runs(client, each.experiment_id)}
            for run in parents_first(runs, lambda run: run.data.tags.get(_PARENT)):
                make = partial(_found, client, tracking_uri, each.name, run)
                candidates.append(Candidate(run.info.run_id, tracking_uri, make))
    return Imported(runs=perform(store, candidates, dry_run=dry_run, advance=advance, tell=tell))


def _client(tracking_uri: str) -> MlflowClient:
    try:
        from mlflow.tracking import MlflowClient
    except ImportError as error:
        raise NotSupportedError(
            "Runs of a tracking server are fetched by MLflow's client, which is not installed.",
            hint="pip install 'runwatch[mlflow]'; for a workspace of Azure 'azureml-mlflow' too (docs/azureml.md).",
        ) from error
    return MlflowClient(tracking_uri=tracking_uri)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn errors of the client into ours, with the first line of what it says."""
    try:
        yield
    except (RunwatchError, ImportError):
        raise
    except Exception as error:  # the client, its plugins and the libraries below them share no class of errors
        lines = str(error).splitlines()
        raise ServiceException(
            f"The tracking server cannot be asked: {lines[0] if lines else type(error).__name__}",
            hint="Look at the address, and at the environment variables that MLflow signs in with.",
        ) from error


def _experiments(client: MlflowClient, name: str | None) -> Iterator[Any]:
    if name is not None:
        found = client.get_experiment_by_name(name)
        if found is None:
            raise NotFoundError(f"The tracking server has no experiment {name!r}.", hint="Leave --experiment out.")
        yield found
        return
    yield from _pages(partial(client.search_experiments, max_results=_PAGE))


def _runs(client: MlflowClient, experiment_id: str) -> Iterator[Any]:
    return _pages(partial(client.search_runs, [experiment_id], max_results=_PAGE))


def _pages(ask: Callable[..., Any]) -> Iterator[Any]:
    token: str | None = None
    while True:
        page = ask(page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _found(client: MlflowClient, uri: str, experiment: str, run: Any) -> FoundRun:
    info, data = run.info, run.data
    run_id = check_run_id(info.run_id)
    notes: list[str] = []
    with _translated():
        files = [*_files(client, run_id, notes), _original(run)]
    started_at = None if info.start_time is None else info.start_time / 1e3
    name = record.fitting(experiment)
    return FoundRun(
        source=uri,
        born=CreateRun(
            experiment=name,
            run_id=run_id,
            token=f"mlflow {run_id} {info.start_time} {info.status} {info.end_time}",
            parent_run_id=data.tags.get(_PARENT),
            created_at=started_at or 0.0,
            display_name=info.run_name or None,
            description=data.tags.get(_NOTE, ""),
            submitted_by=info.user_id or data.tags.get("mlflow.user"),
            properties={} if name == experiment else {"mlflow.experiment_name": experiment},
            params=dict(data.params),
            definition=_definition(run),
        ),
        life=_life(info),
        blocks=lambda: _blocks(client, run_id, sorted(data.metrics)),
        files=lambda: iter(files),
        tags=dict(data.tags),
        metrics=len(data.metrics),
        file_count=len(files),
        size_bytes=sum(file.size_bytes for file in files),
        notes=tuple(notes),
    )


def _life(info: Any) -> RunLife:
    status = _STATUSES.get(info.status, RunStatus.NOT_RESPONDING)
    started_at = None if info.start_time is None else info.start_time / 1e3
    ended_at = info.end_time / 1e3 if info.end_time and status.is_terminal else None
    history = [] if started_at is None else [StatusChange(status=RunStatus.RUNNING, at=started_at)]
    if status is not RunStatus.RUNNING:
        history.append(StatusChange(status=status, at=ended_at or started_at or 0.0))
    return RunLife(status=status, history=tuple(history), started_at=started_at, ended_at=ended_at)


def _definition(run: Any) -> dict[str, Any]:
    """The datasets that were logged, in the form in which inputs are shown."""
    inputs = getattr(run.inputs, "dataset_inputs", None) or []
    data = {
        each.dataset.name: {"dataset": {"id": f"{each.dataset.name}:{each.dataset.digest}"}, "mode": "direct"}
        for each in inputs
    }
    return {"data": data} if data else {}


def _blocks(client: MlflowClient, run_id: str, names: list[str]) -> Iterator[Block]:
    for name in names:
        with _translated():
            points = client.get_metric_history(run_id, name)
        yield from _rows(metric_name(name), points)


def _rows(name: str, points: list[Any]) -> Iterator[Block]:
    """All points of a metric. The client sends step 0 where none was given: several points that have it have none."""
    has_steps = len(points) == 1 or any(point.step for point in points)
    for first in range(0, len(points), _BLOCK_ROWS):
        part = points[first : first + _BLOCK_ROWS]
        values = np.array([point.value for point in part], "<f8")
        times = np.array([point.timestamp * 1_000 for point in part], "<i8")
        yield Block(
            metric=name,
            kind=MetricKind.SCALAR,
            rows=len(part),
            columns=(Column(name=metric.VALUE, type=ColumnType.FLOAT, data=values.tobytes()),),
            times=times.tobytes(),
            steps=np.array([point.step for point in part], "<i8").tobytes() if has_steps else b"",
        )


def _files(client: MlflowClient, run_id: str, notes: list[str]) -> Iterator[FoundFile]:
    waiting, count = [""], 0
    while waiting:
        for each in client.list_artifacts(run_id, waiting.pop() or None):
            count += 1
            if count > limit.IMPORT_FILES or each.path.count("/") > limit.IMPORT_FOLDER_DEPTH:
                raise InvalidValueError(f"The run {run_id} has more files, or deeper folders, than an import takes.")
            try:
                path = check_artifact_path(clean(each.path))
            except InvalidValueError as error:
                notes.append(f"A file was left out: {error.message}")
                continue
            if each.is_dir:
                waiting.append(each.path)
            else:
                opened = partial(_downloaded, client, run_id, each.path)
                yield FoundFile(path=path, size_bytes=each.file_size or 0, opened=opened)


@contextmanager
def _downloaded(client: MlflowClient, run_id: str, path: str) -> Iterator[BinaryIO]:
    with TemporaryDirectory(prefix="runwatch-") as folder:
        with _translated():
            place = Path(client.download_artifacts(run_id, path, folder))
        with place.open("rb") as file:
            yield file


def _original(run: Any) -> FoundFile:
    """What the server says of the run, as it says it."""
    content = f"{to_json(_plain(run.to_dictionary()))}\n".encode()
    return FoundFile(
        path=f"{ORIGINALS}/mlflow-run.json",
        size_bytes=len(content),
        opened=lambda: _in_memory(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


@contextmanager
def _in_memory(content: bytes) -> Iterator[BinaryIO]:
    yield io.BytesIO(content)


def _plain(thing: Any) -> Any:
    """The thing as JSON has it: what is no list, object, number or text becomes text."""
    if isinstance(thing, Mapping):
        return {str(key): _plain(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(each) for each in thing]
    return thing if isinstance(thing, str | int | float | bool | None) else str(thing)
