"""What a table of many runs asks beyond pages: runs by position, the names there are, and runs in groups."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

from runwatch.schema.metric import MetricColumn, Stat, Summary
from runwatch.schema.run import Run, RunConditions

NameKind = Literal["metric", "param", "tag", "property"]
"""What has names."""

GroupField = Literal["param", "tag", "property", "status", "target", "experiment", "submitted_by", "host"]
"""What runs are grouped by."""


class RankRuns(RunConditions, frozen=True, kw_only=True):
    """Find and sort runs once, and keep their order for a while: `ReadRows` then reads them by position.

    Attributes:
        keep: Whether rows will be read. False asks only how many there are and in which order, to be compared with a
            rank that is kept: nothing is kept for it.

    The other attributes are those of `RunConditions`.
    """

    keep: bool = True


class Ranked(Struct, frozen=True, kw_only=True):
    """An order of runs that the server keeps. It does not change: what is new needs a new rank.

    Attributes:
        rank_id: Names it; nobody can guess it. Empty if it is not kept.
        total: How many runs.
        digest: 32 hexadecimal digits made of which runs these are and how they follow one another: two answers of a
            server have the same if both are the same.
        rev: The store's sequence number at that moment: notices after it may make another rank worth while.
    """

    rank_id: str
    total: int
    rev: int
    digest: str


class ReadRows(Struct, frozen=True, kw_only=True):
    """Runs of a rank by position, as they are now; `GoneError` if the rank is not kept any more.

    Attributes:
        rank_id: The rank.
        first: The first position, from 0.
        count: How many rows at most, 1 to `limit.RANK_ROWS`.
        columns: Metric columns whose summaries come along, at most `limit.RANK_COLUMNS`.
    """

    rank_id: str
    first: int = 0
    count: int = 100
    columns: tuple[MetricColumn, ...] = ()


class RunRows(Struct, frozen=True, kw_only=True):
    """Rows of a rank: the i-th stands at the position ``first + i``.

    Runs come light, since a list must not carry megabytes: ``definition``, ``history`` and the ``details`` of ``error``
    are empty. `GetRun` has them.

    Attributes:
        first: The position of the first row.
        total: How many positions the rank has; of runs deleted since too.
        runs: None stands for a run that was deleted since.
        summaries: For each row one entry a requested column, in the request's order; None where a run lacks it.
        children: For each row how many direct children the run has, archived ones too.
    """

    first: int
    total: int
    runs: tuple[Run | None, ...]
    summaries: tuple[tuple[Summary | None, ...], ...] = ()
    children: tuple[int, ...] = ()


class ListNames(Struct, frozen=True, kw_only=True):
    """The names in use, over all runs, archived ones and children too.

    Attributes:
        kind: Of what.
        experiment_id: Only of runs of this experiment.
        search: Text that the name must contain, letter case aside.
        limit: How many at most, 1 to `limit.PAGE_ROWS`.
    """

    kind: NameKind
    experiment_id: str | None = None
    search: str = ""
    limit: int = 100


class Name(Struct, frozen=True, kw_only=True):
    """A name in use; of metrics there is one entry for each column.

    Attributes:
        name: The name.
        column: The column of a metric, ``value`` for scalars; empty for anything else.
        metric_kind: How the metric was logged in one of these runs; empty for anything else.
        runs: How many runs have it.
    """

    name: str
    column: str = ""
    metric_kind: str = ""
    runs: int = 0


class Names(Struct, frozen=True, kw_only=True):
    """Names, those of most runs first, then by name and column.

    Attributes:
        names: The names.
        more: There are others beyond the limit.
    """

    names: tuple[Name, ...]
    more: bool = False


class GroupKey(Struct, frozen=True, kw_only=True):
    """Something that runs have in common.

    Attributes:
        field: What kind of value.
        key: The name of the parameter, tag or property.
    """

    field: GroupField
    key: str = ""


class GroupFigure(Struct, frozen=True, kw_only=True):
    """A figure of a metric, to be taken over the runs of a group.

    Attributes:
        metric: The metric.
        column: Its column.
        stat: Which figure of each run.
    """

    metric: str
    column: str = "value"
    stat: Stat = "last"


class GroupRuns(RunConditions, frozen=True, kw_only=True):
    """Put runs into groups by what they have in common.

    Attributes:
        by: What that is, 1 to `limit.GROUP_KEYS`.
        figures: Figures wanted of each group, at most `limit.GROUP_FIGURES`.
        limit: How many groups at most, 1 to `limit.PAGE_ROWS`.

    The other attributes are those of `RunConditions`; the order is that of the runs within a group.
    """

    by: tuple[GroupKey, ...]
    figures: tuple[GroupFigure, ...] = ()
    limit: int = 100


class GroupedFigure(Struct, frozen=True, kw_only=True):
    """A figure over the runs of a group; None where no run has a number.

    Attributes:
        n: How many runs have a number: not NaN, but infinity is one.
        mean: Their mean.
        std: One standard deviation: the squares are divided by n, as in charts.
        min: The smallest.
        max: The largest.
        median: The one in the middle, or the mean of the two there.
    """

    n: int
    mean: float | None = None
    std: float | None = None
    min: float | None = None
    max: float | None = None
    median: float | None = None


class RunGroup(Struct, frozen=True, kw_only=True):
    """Runs that have the same values.

    Attributes:
        values: One for each key. None where they lack it, or where a tag has no value. Parameters keep their type:
            1 and 1.0 and true are equal, the text "1" is another.
        runs: How many runs.
        run_ids: The first `limit.GROUP_RUN_IDS` of them, in the order asked for.
        figures: One for each figure asked for.
    """

    values: tuple[Any, ...]
    runs: int
    run_ids: tuple[str, ...]
    figures: tuple[GroupedFigure, ...] = ()


class Groups(Struct, frozen=True, kw_only=True):
    """Groups by their values: numbers before texts, then lists and dictionaries; what lacks a value comes last.

    Attributes:
        groups: The groups.
        total: How many there are, beyond the limit too.
    """

    groups: tuple[RunGroup, ...]
    total: int


class RerunRun(Struct, frozen=True, kw_only=True):
    """Put a copy of a submitted run into a queue: the same source, and what is not given is as it was.

    Attributes:
        run_id: The run, ended or not.
        arguments: Of the script; None leaves them as they were.
        target: The name of the compute target; None means the same.
        tags: Of the copy: those of the run are not copied.
        display_name: The name shown in lists.
    """

    run_id: str
    arguments: tuple[str, ...] | None = None
    target: str | None = None
    tags: dict[str, str | None] = field(default_factory=dict)
    display_name: str | None = None
