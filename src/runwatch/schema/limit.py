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

ARCHIVE_ENTRIES: Final = 500_000
"""Files of one archive of runs: bounds the memory that its list takes."""

ARCHIVE_BYTES: Final = 4 << 40
"""All files of one archive, unpacked."""

ARCHIVE_RATIO: Final = 200
"""How many times larger a file of a zip may be than its packed form, from a mebibyte on: what is more is a bomb."""

ARCHIVE_DOCUMENT_BYTES: Final = 256 << 20
"""One JSON document of an archive: it is read whole."""

ARCHIVE_ROWS: Final = 1 << 32
"""Rows of one metric of an archive: a few bytes of Parquet can claim any number."""

ARCHIVE_GROUP_BYTES: Final = 2 << 30
"""One row group of a Parquet file of an archive, decoded: it is read whole."""

IMPORT_DOCUMENT_BYTES: Final = 256 << 20
"""One JSON document about a run of another tracker: it is read whole."""

IMPORT_DOCUMENT_DEPTH: Final = 100
"""Levels of lists and objects within each other in such a document."""

IMPORT_FILES: Final = 500_000
"""Files of the folders of one import: bounds the memory that their list takes."""

IMPORT_FOLDER_DEPTH: Final = 64
"""Folders within each other that are looked through for runs."""

SNAPSHOT_FILES: Final = 100_000
"""Files, links and empty folders of one snapshot: a folder with more holds data, which is no source."""

SNAPSHOT_MANIFEST_BYTES: Final = 64 << 20
"""The list of a snapshot: it is read whole."""

LOG_LINES: Final = 10_000
"""Lines of a log in one answer."""

LOG_BYTES: Final = 4 << 20
"""Bytes of lines in one answer."""

LOG_LINE_BYTES: Final = 64 << 10
"""What is shown of one line of a log at once; the rest is read by its offset."""

LOG_MATCHES: Final = 10_000
"""Matches of a search that come with their excerpts."""

LOG_TOTAL: Final = 1_000_000
"""Matches of a search that are counted before it stops."""

LOG_TICKS: Final = 2_000
"""Marks of matches beside a scroll bar: more than any screen has pixels for."""

PATTERN_CHARS: Final = 1_000
"""The pattern of a search."""

PATTERN_STEPS: Final = 8_000
"""Instructions of a compiled pattern: what bounds the time of a search in the worst case."""

SEARCH_S: Final = 30
"""Seconds of one search; it can be continued."""

FILTER_CHARS: Final = 10_000
"""The text of a filter of runs: more is a program, not a question."""

FILTER_DEPTH: Final = 64
"""Levels of parentheses, or of ``and``, ``or`` and ``not``, within each other in a filter: each takes some stack."""

FILTER_TERMS: Final = 200
"""Comparisons of a filter, each value after ``in`` being one: each may cost a look at every run."""

LIST_SECONDS: Final = 10
"""One page of a list of runs: a filter that looks at everything many times must not keep a server busy."""

RANKS: Final = 200
"""Orders of runs that a server keeps: a few for each table that is open. The one not used for longest goes first."""

RANKED_RUNS: Final = 2_000_000
"""Runs in all these orders, twenty tables of 100,000: at 8 bytes each they take 16 MB. A larger one is kept alone."""

RANK_ROWS: Final = 200
"""Rows of a rank in one answer: some screens full, read in some milliseconds."""

RANK_COLUMNS: Final = 500
"""Metric columns that come with them: each is a look-up for every row."""

GROUP_KEYS: Final = 4
"""Values that runs are grouped by: more levels than that are no overview."""

GROUP_FIGURES: Final = 50
"""Figures of each group: each is a look-up for every run."""

GROUP_RUN_IDS: Final = 100
"""Runs of a group that are named; a chart of more lines shows the group instead."""

STEP_MIN: Final = -(2**63) + 1
STEP_MAX: Final = 2**63 - 1
"""Steps are 64-bit integers; the lowest one means "no step was given"."""


def table() -> dict[str, int]:
    """All limits by name."""
    return {name: value for name, value in globals().items() if name.isupper() and isinstance(value, int)}
