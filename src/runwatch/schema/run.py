"""What an experiment and a run are, and the requests of the runs shelf."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field

from runwatch.schema.metric import MetricColumn, Stat, Summary


class RunStatus(StrEnum):
    """Where a run stands; the values are the original's."""

    NOT_STARTED = "NotStarted"
    STARTING = "Starting"
    PROVISIONING = "Provisioning"
    PREPARING = "Preparing"
    QUEUED = "Queued"
    RUNNING = "Running"
    FINALIZING = "Finalizing"
    CANCEL_REQUESTED = "CancelRequested"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"
    NOT_RESPONDING = "NotResponding"
    UNAPPROVED = "Unapproved"
    PAUSING = "Pausing"
    PAUSED = "Paused"

    @property
    def is_terminal(self) -> bool:
        """Whether a run in this status has ended; a terminal status never changes again by itself."""
        return self in TERMINAL


TERMINAL = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELED})


class ExitKind(StrEnum):
    """How the process of a run ended."""

    COMPLETED = "completed"  # the code said so, or the process exited with 0
    EXCEPTION = "exception"  # an exception left the script; the traceback is in the run's error
    EXIT_CODE = "exit_code"  # the process exited with a code other than 0
    SIGNAL = "signal"
    OUT_OF_MEMORY = "out_of_memory"
    INTERRUPTED = "interrupted"  # Ctrl-C
    CANCELED = "canceled"
    TIME_OUT = "time_out"  # it ran for as long as it may
    NOT_STARTED = "not_started"  # what the job needs could not be had, such as its environment
    LOST = "lost"  # the machine or every process of the run vanished without a word


class ExitCause(Struct, frozen=True, kw_only=True):
    """How a run ended, and how we know.

    Attributes:
        kind: The class of ending.
        code: The exit code, where known.
        signal: The number of the signal that ended the process, where known.
        evidence: One sentence: what was seen, e.g. "the kernel reported signal 9 for process 4711".
        at: When it was seen, seconds UTC.
    """

    kind: ExitKind
    code: int | None = None
    signal: int | None = None
    evidence: str = ""
    at: float = 0.0


class RunError(Struct, frozen=True, kw_only=True):
    """What went wrong in a failed run.

    Attributes:
        message: One or few lines.
        code: ``UserError`` unless the caller of ``run.fail`` chose another.
        details: The traceback or other long text.
    """

    message: str
    code: str = "UserError"
    details: str = ""


class RunWarning(Struct, frozen=True, kw_only=True):
    """Something the reader of a run must know, such as points that could not be recorded.

    Attributes:
        source: The part that noticed, e.g. ``journal``.
        message: One sentence.
        count: How many times, or how many points.
    """

    source: str
    message: str
    count: int = 1


class StatusChange(Struct, frozen=True, kw_only=True):
    """One step of a run's life.

    Attributes:
        status: The status entered.
        at: When, seconds UTC.
        reason: Why, where there is something to say.
    """

    status: RunStatus
    at: float
    reason: str = ""


class RunLife(Struct, frozen=True, kw_only=True):
    """How the life of a run went so far, as told elsewhere: what a run brought in from another workspace keeps.

    Attributes:
        status: Where it stands.
        history: Every status entered, oldest first.
        started_at: When it entered Running, seconds UTC; likewise the next two.
        ended_at: When it reached a terminal status.
        contact_at: When a watcher last spoke for it.
        attempt: Counts the starts of the same run from 1.
    """

    status: RunStatus
    history: tuple[StatusChange, ...]
    started_at: float | None = None
    ended_at: float | None = None
    contact_at: float | None = None
    attempt: int = 1


class Experiment(Struct, frozen=True, kw_only=True):
    """A named group of runs.

    Attributes:
        experiment_id: Made by the store, never changes.
        name: Unique among the experiments that are not archived.
        created_at: Seconds UTC.
        archived_at: Seconds UTC, or None while it is active.
        description: Markdown.
        tags: Changeable labels; a value may be None.
        run_count: Its runs, children included.
        last_run_at: When its newest run was created, or None.
    """

    experiment_id: str
    name: str
    created_at: float
    archived_at: float | None = None
    description: str = ""
    tags: dict[str, str | None] = field(default_factory=dict)
    run_count: int = 0
    last_run_at: float | None = None


class Run(Struct, frozen=True, kw_only=True):
    """One run: what was started, how it stands, how it ended. Its metrics and files are on other shelves.

    Attributes:
        run_id: Chosen by the client or made by the store; unique in the workspace.
        experiment_id: The experiment it belongs to.
        experiment: That experiment's name.
        number: Counts the runs of an experiment from 1.
        status: See `RunStatus`.
        history: Every status entered, oldest first.
        type: The original's run type, e.g. ``azureml.scriptrun``; None for interactive runs.
        name: The name given at the start.
        display_name: Editable.
        description: Markdown, editable.
        parent_run_id: The run it is a child of, or None.
        root_run_id: The top of its tree; its own id if it has no parent.
        created_at: Seconds UTC; likewise all that ends in ``_at``.
        started_at: When it entered Running.
        ended_at: When it reached a terminal status.
        contact_at: When a watcher last spoke for it.
        attempt: Counts the starts of the same run from 1.
        target: The compute target, ``local`` or ``sdk`` (interactive).
        submitted_by: The user's login name.
        host: The machine it runs on.
        tags: Changeable labels; a value may be None.
        properties: Labels that are written once.
        params: What went into the run: ``run.log_param``.
        definition: The run definition it was submitted with (JSON), or an empty dict.
        exit: How it ended.
        error: What went wrong.
        warnings: What the reader must know.
        hidden: Archived: left out of lists unless asked for.
    """

    run_id: str
    experiment_id: str
    experiment: str
    number: int
    status: RunStatus
    created_at: float
    history: tuple[StatusChange, ...] = ()
    type: str | None = None
    name: str | None = None
    display_name: str | None = None
    description: str = ""
    parent_run_id: str | None = None
    root_run_id: str
    started_at: float | None = None
    ended_at: float | None = None
    contact_at: float | None = None
    attempt: int = 1
    target: str | None = None
    submitted_by: str | None = None
    host: str | None = None
    tags: dict[str, str | None] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    definition: dict[str, Any] = field(default_factory=dict)
    exit: ExitCause | None = None
    error: RunError | None = None
    warnings: tuple[RunWarning, ...] = ()
    hidden: bool = False


class CreateExperiment(Struct, frozen=True, kw_only=True):
    """Get the active experiment of this name, or make it.

    Attributes:
        name: See `runwatch.schema.name.check_experiment_name`.
        tags: Set only when it is made.
    """

    name: str
    tags: dict[str, str | None] = field(default_factory=dict)


class ListExperiments(Struct, frozen=True, kw_only=True):
    """Experiments, newest first unless ``order`` says otherwise.

    Those that hold what is registered (`runwatch.schema.registry`) are shown only by ``experiment_id`` or ``name``.

    Attributes:
        experiment_id: Only this one.
        name: Only this name (archived ones may share it).
        view: ``active``, ``archived`` or ``all``.
        search: Text that the name must contain, letter case aside.
        tags: Pairs that must all hold; a value of None means "has this tag".
        order: ``created``: the newest first; ``last_run``: the one with the newest run first, where one without runs
            counts by its own birth; ``name``: by name, letter case aside.
        limit: Rows of a page, 1 to `limit.PAGE_ROWS`.
        cursor: The previous page's ``next_cursor``.
    """

    experiment_id: str | None = None
    name: str | None = None
    view: Literal["active", "archived", "all"] = "active"
    search: str = ""
    tags: dict[str, str | None] = field(default_factory=dict)
    order: Literal["created", "last_run", "name"] = "created"
    limit: int = 100
    cursor: str | None = None


class ExperimentPage(Struct, frozen=True, kw_only=True):
    """A page of experiments; ``next_cursor`` is None on the last one."""

    experiments: tuple[Experiment, ...]
    next_cursor: str | None = None


class UpdateExperiment(Struct, frozen=True, kw_only=True):
    """Change an experiment; what is UNSET stays.

    Attributes:
        experiment_id: Which one.
        archived: True archives, False reactivates (a `ConflictError` if an active one has the name by now).
        description: Markdown.
        set_tags: Added or replaced.
        remove_tags: Removed; an absent one is no error.
    """

    experiment_id: str
    archived: bool | UnsetType = UNSET
    description: str | UnsetType = UNSET
    set_tags: dict[str, str | None] = field(default_factory=dict)
    remove_tags: tuple[str, ...] = ()


class CreateRun(Struct, frozen=True, kw_only=True):
    """Make a run. Repeating the request with the same ``run_id`` and ``token`` returns the run that is there.

    Attributes:
        experiment: The experiment's name; made if it is not there, together with the run.
        run_id: Chosen by the client.
        token: A random text that tells a repeated request from a second run with the same id (`ConflictError`).
        status: The first status, usually NotStarted, Queued or Running.
        parent_run_id: A `NotFoundError` if it is not there.
        created_at: Seconds UTC.
        number: The number it had elsewhere, from 1: kept if no run of the experiment has it. Else, and if None, the
            run gets the next one.

    The other attributes are those of `Run`.
    """

    experiment: str
    run_id: str
    token: str
    number: int | None = None
    status: RunStatus = RunStatus.NOT_STARTED
    parent_run_id: str | None = None
    created_at: float
    type: str | None = None
    name: str | None = None
    display_name: str | None = None
    description: str = ""
    target: str | None = None
    submitted_by: str | None = None
    host: str | None = None
    tags: dict[str, str | None] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)
    definition: dict[str, Any] = field(default_factory=dict)


class GetRun(Struct, frozen=True, kw_only=True):
    """One run by its id; `NotFoundError` if there is none, `GoneError` if it was deleted."""

    run_id: str


class MetricCondition(Struct, frozen=True, kw_only=True):
    """A comparison with a summary figure of a metric; runs without that metric do not match.

    Attributes:
        metric: The metric and column.
        stat: Which figure.
        op: The comparison.
        value: What to compare with.
    """

    metric: MetricColumn
    stat: Stat = "last"
    op: Literal["<", "<=", "=", "!=", ">=", ">"]
    value: float


class RunOrder(Struct, frozen=True, kw_only=True):
    """What a list of runs is sorted by; runs without a value come last in both directions.

    ``runwatch.store.filter.order.parse_order`` reads it from a text.

    Attributes:
        field: What kind of value. ``name`` is the display name or, without one, the name; ``duration`` of a run that
            goes on lasts until the first page was asked for.
        metric: The metric and column, where ``field`` is ``metric``.
        key: The name of the parameter, tag or property. Its values are sorted by their first 64 characters; numbers
            come before texts, and lists and dictionaries count as no value.
        stat: Which figure of the metric.
        descending: Largest first.
    """

    field: Literal[
        "created_at",
        "started_at",
        "ended_at",
        "duration",
        "number",
        "status",
        "name",
        "experiment",
        "target",
        "submitted_by",
        "metric",
        "param",
        "tag",
        "property",
    ] = "created_at"
    metric: MetricColumn | None = None
    key: str = ""
    stat: Stat = "last"
    descending: bool = True


class RunConditions(Struct, frozen=True, kw_only=True):
    """Runs that meet all the conditions given, newest first unless ``order`` says otherwise.

    What is registered (`runwatch.schema.registry`) is left out unless asked for: by ``experiment_id``, ``run_ids``,
    ``parent_run_id``, ``root_run_id`` or ``type``, or where the filter compares experiment or type with one of theirs.

    Attributes:
        experiment_id: Only runs of this experiment.
        run_ids: Only these runs, at most `limit.SEARCH_RUNS`.
        parent_run_id: Only direct children of this run.
        root_run_id: Only the tree below and including this run.
        include_children: False leaves out all that have a parent (ignored with ``parent_run_id`` or ``root_run_id``).
        statuses: Any of these.
        type: The run type.
        target: The compute target.
        search: Text that id, name or display name must contain, letter case aside.
        tags: Pairs that must all hold; a value of None means "has this tag".
        properties: Likewise.
        conditions: Comparisons with metrics.
        filter: A condition in the filter language: ``docs/query.md``. Blank means none.
        hidden: Include archived runs; a filter that speaks of ``archived`` decides that by itself.
        order: What to sort by.
    """

    experiment_id: str | None = None
    run_ids: tuple[str, ...] | None = None
    parent_run_id: str | None = None
    root_run_id: str | None = None
    include_children: bool = True
    statuses: tuple[RunStatus, ...] = ()
    type: str | None = None
    target: str | None = None
    search: str = ""
    tags: dict[str, str | None] = field(default_factory=dict)
    properties: dict[str, str | None] = field(default_factory=dict)
    conditions: tuple[MetricCondition, ...] = ()
    filter: str = ""
    hidden: bool = False
    order: RunOrder = RunOrder()


class ListRuns(RunConditions, frozen=True, kw_only=True):
    """A page of the runs that meet all the conditions given, newest first unless ``order`` says otherwise.

    Attributes:
        columns: Metric columns whose summaries come along.
        limit: Rows of a page, 1 to `limit.PAGE_ROWS`.
        cursor: The previous page's ``next_cursor``.

    The other attributes are those of `RunConditions`.
    """

    columns: tuple[MetricColumn, ...] = ()
    limit: int = 100
    cursor: str | None = None


class RunPage(Struct, frozen=True, kw_only=True):
    """A page of runs.

    Attributes:
        runs: The rows.
        summaries: For each row one entry a requested column, in the request's order; None where a run lacks it.
        next_cursor: None on the last page.
    """

    runs: tuple[Run, ...]
    summaries: tuple[tuple[Summary | None, ...], ...] = ()
    next_cursor: str | None = None


class UpdateRun(Struct, frozen=True, kw_only=True):
    """Change a run; what is UNSET or empty stays. All of it in one transaction, or none.

    Attributes:
        run_id: Which one.
        status: The new status. A run in a terminal status keeps it: the change is ignored unless ``reopen`` is set.
        reason: Why the status changed.
        reopen: Start the same run again: a new attempt, from a terminal status too.
        at: When it happened, seconds UTC; 0 means now.
        set_tags: Added or replaced.
        remove_tags: Removed; an absent one is no error.
        add_properties: Written once: the same value again is fine, another one is a `ConflictError`.
        set_params: Added or replaced.
        display_name: Editable.
        description: Markdown.
        error: What went wrong.
        exit: How it ended.
        add_warnings: Merged with those of the same source and message (counts add up).
        contact: A watcher speaks for the run: sets ``contact_at``.
        hidden: Archive or bring back.
        definition: The run definition.
        target: The compute target.
        host: The machine.
        life: Replaces status, history and times as a whole, for a run brought in from elsewhere; neither ``status`` nor
            ``reopen`` may come along.
    """

    run_id: str
    status: RunStatus | UnsetType = UNSET
    reason: str = ""
    reopen: bool = False
    at: float = 0.0
    set_tags: dict[str, str | None] = field(default_factory=dict)
    remove_tags: tuple[str, ...] = ()
    add_properties: dict[str, str] = field(default_factory=dict)
    set_params: dict[str, Any] = field(default_factory=dict)
    display_name: str | UnsetType | None = UNSET
    description: str | UnsetType = UNSET
    error: RunError | UnsetType | None = UNSET
    exit: ExitCause | UnsetType | None = UNSET
    add_warnings: tuple[RunWarning, ...] = ()
    contact: bool = False
    hidden: bool | UnsetType = UNSET
    definition: dict[str, Any] | UnsetType = UNSET
    target: str | UnsetType = UNSET
    host: str | UnsetType = UNSET
    life: RunLife | UnsetType = UNSET


class Delete(Struct, frozen=True, kw_only=True):
    """Delete runs with their children, metrics and files, and experiments that are empty (else `ConflictError`).

    Attributes:
        run_ids: Runs; unknown ones are a `NotFoundError` and nothing is deleted.
        experiment_ids: Experiments.
    """

    run_ids: tuple[str, ...] = ()
    experiment_ids: tuple[str, ...] = ()


class Deleted(Struct, frozen=True, kw_only=True):
    """What was deleted.

    Attributes:
        run_ids: The runs, children included.
        experiment_ids: The experiments.
        freed_bytes: Bytes of files that no run refers to any more.
    """

    run_ids: tuple[str, ...]
    experiment_ids: tuple[str, ...] = ()
    freed_bytes: int = 0
