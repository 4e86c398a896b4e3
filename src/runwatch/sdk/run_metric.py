"""Reads back what was logged: in the original's shapes, and typed."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any, Final

from runwatch.schema import limit
from runwatch.schema.error import NotFoundError
from runwatch.schema.metric import ListMetrics, Metric, ReadMetric
from runwatch.schema.name import metric_name
from runwatch.sdk import chart, listing, shape, transfer
from runwatch.sdk.run_handle import RunHandle
from runwatch.sdk.shape import MetricRows
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

SYSTEM_PREFIX: Final = "system/"
"""The watcher's figures of the machine are metrics of the run too; `RunMetric.get_metrics` gives them by name only."""


class RunMetric(RunHandle):
    """Metrics of a run and of the runs below it."""

    def get_metrics(
        self, name: str | None = None, recursive: bool = False, run_type: str | None = None, populate: bool = False
    ) -> dict[str, Any]:
        """Everything that was logged.

        Args:
            name: Only this metric.
            recursive: Include the runs below this one.
            run_type: Only runs of this type.
            populate: Give images and charts themselves instead of their addresses: images as `PIL.Image` where Pillow
                is installed (else bytes), charts as dictionaries.

        Returns:
            From names to values. One logged value is a bare scalar, also if it came from a list of one; several are a
            list in the order logged. Rows and tables are dictionaries from columns to these; a value that a row lacks
            is None. Images and charts are addresses (``aml://artifactId/…``). With ``recursive``, from run ids to such
            dictionaries, without the runs that logged nothing. Figures of the machine (``system/…``) are given only
            if asked for by name.
        """
        self._settle()
        if not recursive:
            if run_type is not None and self._record.type != run_type:
                return {}
            return self._metrics_of(self.id, name, populate)
        found = {}
        for record in listing.tree(self._store, self._refresh()):
            if run_type is None or record.type == run_type:
                metrics = self._metrics_of(record.run_id, name, populate)
                if metrics:
                    found[record.run_id] = metrics
        return found

    def get_metric_rows(self, name: str) -> MetricRows:
        """All rows of one metric with their types, steps and times; one row is one row, unlike in `get_metrics`.

        Args:
            name: The metric.

        Raises:
            NotFoundError: If the run has no metric of this name.
        """
        self._settle()
        name = metric_name(name)
        return shape.typed(self._store.metrics.read(ReadMetric(run_id=self.id, name=name)).block)

    def _metrics_of(self, run_id: str, name: str | None, populate: bool) -> dict[str, Any]:
        found = {}
        for metric in _metrics(self._store, run_id, name):
            if name is None and metric.name.startswith(SYSTEM_PREFIX):
                continue
            try:
                rows = self._store.metrics.read(ReadMetric(run_id=run_id, name=metric.name))
            except NotFoundError:  # deleted meanwhile
                continue
            value = shape.plain(rows.block)
            if metric.kind in shape.FILE_KINDS:
                value = self._files(run_id, value, populate)
            found[metric.name] = value
        return found

    def _files(self, run_id: str, value: Any, populate: bool) -> Any:
        """Paths of artifacts as addresses, or as what is in them."""
        if isinstance(value, list):
            return [self._files(run_id, each, populate) for each in value]
        if not isinstance(value, str):
            return value
        if not populate:
            return f"aml://artifactId/ExperimentRun/dcid.{run_id}/{value}"
        return _content(transfer.read_bytes(self._store, run_id, value))


def _metrics(store: Store, run_id: str, name: str | None) -> Iterator[Metric]:
    names = None if name is None else (metric_name(name),)
    return walk(store.metrics.list, ListMetrics(run_id=run_id, names=names, limit=limit.PAGE_ROWS))


def _content(data: bytes) -> Any:
    if chart.image_format(data[:1024]) is None:
        try:
            return json.loads(data)
        except ValueError:
            return data
    try:
        from PIL import Image
    except ImportError:  # Pillow is not a dependency
        return data
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
    except (OSError, ValueError, Image.DecompressionBombError):  # such as SVG
        return data
    return image
