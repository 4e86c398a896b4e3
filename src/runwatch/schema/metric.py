"""What a metric is - an append-only table of typed columns - and the requests of the metrics shelf."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from msgspec import Struct, field


class MetricKind(StrEnum):
    """How a metric was first logged: it decides the chart, never the metric's name does."""

    SCALAR = "scalar"
    LIST = "list"
    TABLE = "table"  # log_row and log_table
    IMAGE = "image"
    CONFUSION_MATRIX = "confusion_matrix"
    ACCURACY_TABLE = "accuracy_table"
    RESIDUALS = "residuals"
    PREDICTIONS = "predictions"


class ColumnType(StrEnum):
    """What the values of a column are."""

    FLOAT = "float"  # IEEE 754 binary64, bit for bit
    INT = "int"  # 64-bit signed
    BOOL = "bool"
    STR = "str"
    MIXED = "mixed"  # any of these and None, each value with its own type


class Column(Struct, frozen=True, kw_only=True):
    """The values of one column, on their way in or out.

    Attributes:
        name: ``value`` for scalars and lists.
        type: What the values are.
        data: FLOAT: little-endian float64; INT: little-endian int64; BOOL: a byte each; STR and MIXED: one
            MessagePack array.
        valid: A byte (0 or 1) for each row where rows may lack a value; empty if all are there.
    """

    name: str
    type: ColumnType
    data: bytes
    valid: bytes = b""


class Block(Struct, frozen=True, kw_only=True):
    """Consecutive rows of one metric.

    Attributes:
        metric: The metric's name.
        kind: How it was logged.
        rows: How many rows.
        columns: Their values; every column has ``rows`` of them.
        times: When each row was logged: little-endian int64, microseconds since 1970 UTC.
        steps: Little-endian int64; -2**63 means "none given"; empty if no row has one.
        description: The text given to the log call.
    """

    metric: str
    kind: MetricKind
    rows: int
    columns: tuple[Column, ...]
    times: bytes
    steps: bytes = b""
    description: str = ""


class AppendBatch(Struct, frozen=True, kw_only=True):
    """What one writer's journal says from one record on; applied once, however often it arrives.

    Attributes:
        run_id: The run.
        writer: The journal writer's id (hex): one for each process and thread that logs.
        epoch: Counts the watchers that spoke for this writer; lower than the stored one is a `FencedError`.
        first: The sequence number of the first record; beyond the cursor is a `SequenceGapError`.
        count: The records it covers. If the cursor stands inside the batch, the store refuses with a `SequenceGapError`
            that carries the cursor too, since blocks cannot be cut; the watcher builds the batch anew from there.
        blocks: Rows, in the order logged.
        params: Parameters, last value wins.
        tags: Tags, last value wins.
        dropped: Points that were counted instead of recorded, by reason; shown as a warning of the run.
    """

    run_id: str
    writer: str
    epoch: int
    first: int
    count: int
    blocks: tuple[Block, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str | None] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)


class Appended(Struct, frozen=True, kw_only=True):
    """The receipt: all records below ``cursor`` are durable in the store.

    Attributes:
        cursor: The next sequence number expected from this writer.
        repeated: The batch was there already and changed nothing.
    """

    cursor: int
    repeated: bool = False


class ListCursors(Struct, frozen=True, kw_only=True):
    """How far the store has got with each writer of a run."""

    run_id: str


class Cursors(Struct, frozen=True, kw_only=True):
    """For each writer id the next sequence number expected, and the epoch last accepted."""

    cursors: dict[str, int]
    epochs: dict[str, int]


class MetricColumn(Struct, frozen=True, kw_only=True):
    """Names a column of a metric, independent of the run."""

    metric: str
    column: str = "value"


class Summary(Struct, frozen=True, kw_only=True):
    """What is known of a column without reading its values.

    Attributes:
        column: Its name.
        type: What its values are, over all rows.
        count: Values that are there.
        nonfinite: How many of them are NaN or infinite; they are left out of min, max, sum and sum_squares.
        numeric: Values that are numbers or booleans.
        first: The first value; texts are cut at 255 characters.
        last: The last value, likewise.
        min: The smallest finite number, or None.
        max: The largest, or None.
        sum: The sum of the finite numbers.
        sum_squares: The sum of their squares.
        min_step: The step of the minimum (the first such row), or its row index if no steps were given.
        max_step: Likewise of the maximum.
    """

    column: str
    type: ColumnType
    count: int
    nonfinite: int = 0
    numeric: int = 0
    first: float | int | bool | str | None = None
    last: float | int | bool | str | None = None
    min: float | None = None
    max: float | None = None
    sum: float = 0.0
    sum_squares: float = 0.0
    min_step: int | None = None
    max_step: int | None = None

    @property
    def mean(self) -> float | None:
        """The mean of the finite numbers, or None if there is none."""
        finite = self.numeric - self.nonfinite
        return self.sum / finite if finite > 0 else None


class Metric(Struct, frozen=True, kw_only=True):
    """A metric of a run.

    Attributes:
        name: As logged, verbatim.
        kind: How it was first logged.
        rows: Its rows.
        columns: A summary of each column, in the order first logged.
        description: The last one given.
        has_steps: Whether any row has a step.
        first_at: When the first row was logged, seconds UTC.
        last_at: When the last row was logged.
        last_step: The step of the last row, or None.
    """

    name: str
    kind: MetricKind
    rows: int
    columns: tuple[Summary, ...]
    description: str = ""
    has_steps: bool = False
    first_at: float = 0.0
    last_at: float = 0.0
    last_step: int | None = None


class ListMetrics(Struct, frozen=True, kw_only=True):
    """Metrics of a run by name.

    Attributes:
        run_id: The run.
        names: Only these.
        prefix: Only names that start with this.
        search: Text that the name must contain, letter case aside.
        limit: Rows of a page, 1 to `limit.PAGE_ROWS`.
        cursor: The previous page's ``next_cursor``.
    """

    run_id: str
    names: tuple[str, ...] | None = None
    prefix: str = ""
    search: str = ""
    limit: int = 1_000
    cursor: str | None = None


class MetricPage(Struct, frozen=True, kw_only=True):
    """A page of metrics; ``next_cursor`` is None on the last one."""

    metrics: tuple[Metric, ...]
    next_cursor: str | None = None


class ReadMetric(Struct, frozen=True, kw_only=True):
    """Rows of a metric in the order logged.

    Attributes:
        run_id: The run.
        name: The metric; `NotFoundError` if the run has none of this name.
        columns: Only these columns; None means all.
        first: The first row wanted; negative counts from the end.
        count: How many at most; None means all.
    """

    run_id: str
    name: str
    columns: tuple[str, ...] | None = None
    first: int = 0
    count: int | None = None


class MetricRows(Struct, frozen=True, kw_only=True):
    """Rows of a metric: `Block` plus where they stand.

    Attributes:
        first: The index of the first row given.
        total: All rows of the metric.
        block: The rows. A column of integers and floats comes as FLOAT, any other mixture as MIXED.
    """

    first: int
    total: int
    block: Block


class ReadOverview(Struct, frozen=True, kw_only=True):
    """A column in at most so many buckets, for a chart.

    Attributes:
        run_id: The run.
        name: The metric.
        column: A column with numbers; others have empty buckets.
        buckets: At most so many, 1 to 20,000.
        first: The first row wanted.
        count: How many rows; None means to the end.
        bucket_rows: A power of two: every bucket has so many rows and begins at a multiple of it, so that it stays as
            it is when rows are added; only the ends of the range cut buckets (and where much text was logged, a bucket
            may begin up to 256 rows later). ``buckets`` counts for nothing then, and a range that takes more than
            `limit.BUCKETS` of them is an `InvalidValueError`. 0 means buckets as even as the stored ones allow.
    """

    run_id: str
    name: str
    column: str = "value"
    buckets: int = 1_000
    first: int = 0
    count: int | None = None
    bucket_rows: int = 0


class Overview(Struct, frozen=True, kw_only=True):
    """Buckets of consecutive rows, in the order logged; all arrays are little-endian and of equal length.

    Attributes:
        total: All rows of the metric.
        points: How many rows the buckets stand for.
        first_row: int64, index of the bucket's first row; the bucket ends before the next one's.
        count: int64, values that are finite numbers.
        nonfinite: int64, values that are NaN or infinite.
        min: float64, NaN where the bucket has no finite number; likewise max, last and mean.
        max: float64.
        last: float64: the last finite number of the bucket.
        mean: float64.
        first_step: int64, step of the bucket's first row (-2**63 if none).
        last_step: int64.
        first_time: int64, microseconds.
        last_time: int64, microseconds.
    """

    total: int
    points: int
    first_row: bytes
    count: bytes
    nonfinite: bytes
    min: bytes
    max: bytes
    last: bytes
    mean: bytes
    first_step: bytes
    last_step: bytes
    first_time: bytes
    last_time: bytes


class DeleteMetrics(Struct, frozen=True, kw_only=True):
    """Delete metrics of a run with all their rows; unknown names are no error."""

    run_id: str
    names: tuple[str, ...]


class RenameMetric(Struct, frozen=True, kw_only=True):
    """Give a metric another name; `ConflictError` if the run has one of that name."""

    run_id: str
    name: str
    new_name: str


class Done(Struct, frozen=True, kw_only=True):
    """It is done and durable.

    Attributes:
        changed: How many things it changed.
    """

    changed: int = 0


Stat = Literal["last", "min", "max", "first", "count", "mean"]
"""A figure of a `Summary` that lists can show, filter and sort by."""
