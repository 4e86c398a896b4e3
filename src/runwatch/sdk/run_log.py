"""The logging calls of a run: each writes to the journal of this process and returns; none waits and none fails."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runwatch.schema.error import InvalidValueError, UserErrorException
from runwatch.schema.metric import Block, MetricKind
from runwatch.sdk import block, chart, problem
from runwatch.sdk.run_handle import RunHandle


class RunLog(RunHandle):
    """Metrics, tables, images, charts and parameters.

    After a run has started these calls raise only for wrong use, such as a list given to `log`. What cannot be recorded
    for another reason is counted, said once on stderr and shown with the run.
    """

    def log(self, name: str, value: Any, description: str = "", step: int | None = None) -> None:
        """Record one value of a metric; called again with the same name, the metric becomes a line.

        Args:
            name: The metric; any text up to 1,024 characters, kept as it is.
            value: A number, bool, text or None; numbers of numpy, torch and other libraries count as numbers. NaN and
                infinity are kept. Any other object is recorded as its ``repr``.
            description: Shown with the metric; the last one given counts.
            step: A whole number of 64 bits, e.g. the epoch; in any order, as often as you like.

        Raises:
            UserErrorException: If the value holds several values, or the step is no whole number.
        """
        if description or not self._scalar(name, value, step):
            self._log_slow(name, value, description, step)

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Record several metrics at the same step; see `log`.

        Args:
            metrics: From names to values.
            step: See `log`.
        """
        for name, value in metrics.items():
            if not self._scalar(name, value, step):
                self._log_slow(name, value, "", step)

    def log_list(self, name: str, value: Any, description: str = "") -> None:
        """Record a list of values as consecutive values of a metric; lists logged under one name are joined.

        Args:
            name: See `log`.
            value: A list, tuple, generator, numpy array, tensor or series with one dimension. An empty one records
                nothing.
            description: See `log`.

        Raises:
            UserErrorException: If it is no list, or a list of lists.
        """
        with problem.kept_away(self.id, f"log_list of {name!r}"):
            self._rows(block.of_list(name, value, description))

    def log_row(self, name: str, description: str | None = None, **kwargs: Any) -> None:
        """Record one row of a table; rows logged under one name make the table, their columns may differ.

        Args:
            name: See `log`.
            description: See `log`. It is the second argument by position, as in the original.
            **kwargs: From columns to single values. With two numeric columns the first is drawn as x.

        Raises:
            UserErrorException: If a value is a list.
        """
        with problem.kept_away(self.id, f"log_row of {name!r}"):
            self._rows(block.of_row(name, kwargs, description or ""))

    def log_table(self, name: str, value: Any, description: str = "") -> None:
        """Record a table; tables logged under one name are joined.

        Args:
            name: See `log`.
            value: A dictionary or data frame from columns to lists of equal length (see `log_list`), or to single
                values. One without rows records nothing.
            description: See `log`.

        Raises:
            UserErrorException: If it is no table, or its columns differ in length.
        """
        with problem.kept_away(self.id, f"log_table of {name!r}"):
            self._rows(block.of_table(name, value, description))

    def log_image(
        self, name: str, path: str | os.PathLike[str] | None = None, plot: Any = None, description: str = ""
    ) -> None:
        """Record an image: a file, or a plot that is drawn now. Give one of the two.

        Args:
            name: See `log`.
            path: An image file; it becomes an artifact of the same path (a number is added if that is taken).
            plot: Something with ``savefig``, such as ``matplotlib.pyplot`` or a figure; it becomes the artifact
                ``<name>_<unix time>.png``.
            description: See `log`.

        Raises:
            UserErrorException: If both or none are given, or it is no image.
        """
        if (path is None) == (plot is None):
            raise InvalidValueError(
                f"run.log_image needs either path or plot, {'but got both' if plot is not None else 'but got none'}."
            )
        with problem.kept_away(self.id, f"log_image of {name!r}"):
            if path is not None:
                self._file(name, MetricKind.IMAGE, chart.image_name(Path(path)), _image(Path(path)), description)
            else:
                artifact = chart.artifact_name(f"{name}_{int(time.time())}.png")
                self._file(name, MetricKind.IMAGE, artifact, _drawn(plot), description)

    def log_confusion_matrix(self, name: str, value: Any, description: str = "") -> None:
        """Record a confusion matrix.

        Args:
            name: See `log`; the artifact bears it too.
            value: A dictionary or JSON text: ``{"schema_type": "confusion_matrix", "schema_version": "1.0.0",
                "data": {"class_labels": […], "matrix": [[…]]}}``; rows are true classes, columns predicted ones.
            description: See `log`.

        Raises:
            UserErrorException: If it is not a JSON object.
        """
        self._chart(name, MetricKind.CONFUSION_MATRIX, value, description)

    def log_accuracy_table(self, name: str, value: Any, description: str = "") -> None:
        """Record an accuracy table, from which ROC, precision-recall, gains, lift and calibration are drawn.

        Args:
            name: See `log_confusion_matrix`; likewise ``description``.
            value: As there, of type ``accuracy_table``: ``probability_tables`` and ``percentile_tables``
                (classes × thresholds × [TP, FP, TN, FN]), both lists of thresholds and ``class_labels``.
            description: See `log`.

        Raises:
            UserErrorException: If it is not a JSON object.
        """
        self._chart(name, MetricKind.ACCURACY_TABLE, value, description)

    def log_residuals(self, name: str, value: Any, description: str = "") -> None:
        """Record a histogram of residuals.

        Args:
            name: See `log_confusion_matrix`; likewise ``description``.
            value: As there, of type ``residuals``: ``bin_edges`` (n + 1) and ``bin_counts`` (n).
            description: See `log`.

        Raises:
            UserErrorException: If it is not a JSON object.
        """
        self._chart(name, MetricKind.RESIDUALS, value, description)

    def log_predictions(self, name: str, value: Any, description: str = "") -> None:
        """Record predicted against true values.

        Args:
            name: See `log_confusion_matrix`; likewise ``description``.
            value: As there, of type ``predictions``: ``bin_averages``, ``bin_errors``, ``bin_counts`` (n) and
                ``bin_edges`` (n + 1).
            description: See `log`.

        Raises:
            UserErrorException: If it is not a JSON object.
        """
        self._chart(name, MetricKind.PREDICTIONS, value, description)

    def log_param(self, name: str, value: Any) -> None:
        """Record what went into the run, such as a learning rate; the last value of a name counts.

        Args:
            name: Any text up to 1,024 characters.
            value: Anything that JSON can hold; other objects as their ``repr``.
        """
        with problem.kept_away(self.id, f"log_param of {name!r}"):
            self._recorder().writer.param(name, value)

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Record several parameters; see `log_param`."""
        for name, value in params.items():
            self.log_param(name, value)

    def _log_slow(self, name: str, value: Any, description: str, step: int | None) -> None:
        """All that is not the plain case: the first point of a run or metric, other threads, other types, wrong use."""
        try:
            writer = self._recorder().writer
            writer.point(name, value, step, str(description or ""))
            self._scalar = writer.scalar
        except UserErrorException:
            raise
        except Exception as error:  # the training must not end because recording it failed
            problem.note(self.id, f"log of {name!r}", error)

    def _rows(self, rows: Block | None) -> None:
        if rows is not None:
            self._recorder().writer.rows(rows)

    def _chart(self, name: str, kind: MetricKind, value: Any, description: str) -> None:
        content = chart.to_json(value, f"run.log_{kind.value}")
        with problem.kept_away(self.id, f"log_{kind.value} of {name!r}"):
            self._file(name, kind, chart.artifact_name(name), content, description)

    def _file(self, name: str, kind: MetricKind, path: str, content: bytes | Path, description: str) -> None:
        """Leave a file for the watcher, then the row that names it."""
        recorder = self._recorder()
        path = recorder.free_path(path)
        row = block.of_file(name, kind, path, description)
        recorder.hand_over(path, content)
        recorder.writer.rows(row)


def _image(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except OSError as error:
        raise InvalidValueError(f"The image {path} cannot be read: {error.strerror}.") from error
    if chart.image_format(start) is None:
        raise InvalidValueError(
            f"{path} is not an image.",
            hint="PNG, JPEG, GIF, BMP, TIFF, WebP and SVG are; upload others with upload_file.",
        )
    return path


def _drawn(plot: Any) -> bytes:
    draw = getattr(plot, "savefig", None)
    if not callable(draw):
        raise InvalidValueError(
            f"A {type(plot).__name__} cannot be drawn.", hint="Give matplotlib.pyplot, or a figure: it needs savefig."
        )
    with tempfile.TemporaryFile() as file:
        draw(file, format="png")
        file.seek(0)
        return file.read()
