"""Every limit, with its unit and its reason: one table, checked at the edge, shown by ``runwatch doctor --limits``."""

from __future__ import annotations

from typing import Final

NAME_CHARS: Final = 1_024
"""Metric, column, tag, property and parameter names. Longer metric names are cut and carry a hash."""

VALUE_CHARS: Final = 1_000_000
"""A tag, property or parameter value: they are shown whole in tables, unlike artifacts."""

DESCRIPTION_CHARS: Final = 100_000
"""A run's description (Markdown)."""

RUN_ID_CHARS: Final = 256
"""A run id: it stands in links and in the names of downloads."""

EXPERIMENT_NAME_CHARS: Final = 255
"""An experiment name, as in the original."""

TEXT_BYTES: Final = 64 << 20
"""One string logged as a metric value. What is larger belongs into a file: ``run.upload_file``."""

BLOCK_BYTES: Final = 256 << 20
"""One ``log_table`` or ``log_list`` call: its columns in memory."""

COLUMNS: Final = 1_000
"""Columns of one metric, over all its rows."""

PATH_CHARS: Final = 4_096
"""The path of an artifact within its run."""

PART_BYTES: Final = 8 << 20
"""One part of an artifact on its way to the store: the memory one upload needs."""

PAGE_ROWS: Final = 1_000
"""Rows of one page of any list."""

CHILDREN_PER_CALL: Final = 100
"""``create_children``, as in the original."""

BUCKETS: Final = 20_000
"""Buckets of one overview or chart: more than the widest screen has pixels."""

CHARTS: Final = 500
"""Charts of one request: more than a page shows."""

CHART_SERIES: Final = 1_000
"""Series of one chart; more lines than that are a surface, and a group says more."""

CHART_GROUPS: Final = 200
"""Groups of one chart."""

BATCH_RECORDS: Final = 65_536
"""Journal records of one batch: bounds memory and the length of one transaction."""

SEARCH_RUNS: Final = 10_000
"""Runs whose ids may be listed in one request."""

STEP_MIN: Final = -(2**63) + 1
STEP_MAX: Final = 2**63 - 1
"""Steps are 64-bit integers; the lowest one means "no step was given"."""


def table() -> dict[str, int]:
    """All limits by name."""
    return {name: value for name, value in globals().items() if name.isupper() and isinstance(value, int)}
