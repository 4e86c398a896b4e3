"""Checks of requests that need no data: every store makes them before it touches anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args, get_type_hints

from msgspec import UNSET

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.metric import ReadOverview, Stat
from runwatch.schema.name import check_experiment_name, check_run_id
from runwatch.schema.registry import EXPERIMENTS, TYPES
from runwatch.schema.run import CreateRun, ListExperiments, RunConditions, RunOrder, UpdateRun

ORDERS: Final[tuple[str, ...]] = get_args(get_type_hints(RunOrder)["field"])
"""What runs can be sorted by."""

STATS: Final[tuple[str, ...]] = get_args(Stat)
"""Figures of a metric that runs can be sorted and filtered by."""

LABELS: Final = ("param", "tag", "property")
OPERATORS: Final = ("<", "<=", "=", "!=", ">=", ">")
MAX_NUMBER: Final = 2**53
"""Numbers of runs count up from the highest given, so that room must be left above."""

VIEWS: Final = ("active", "archived", "all")
EXPERIMENT_ORDERS: Final = ("created", "last_run", "name")


def check_create(request: CreateRun) -> None:
    """Check a request to make a run.

    Raises:
        InvalidValueError: A name is not accepted.
        LimitError: Something is too long.
    """
    check_run_id(request.run_id)
    check_experiment_name(request.experiment, reserved=True)
    if EXPERIMENTS.get(request.experiment) is not TYPES.get(request.type or ""):
        raise InvalidValueError(
            f"A run of type {request.type!r:.80} does not belong into the experiment {request.experiment!r}.",
            hint="What is registered lies in the experiment of its kind, and nothing else does.",
        )
    if request.number is not None and not 1 <= request.number <= MAX_NUMBER:
        raise InvalidValueError(f"{request.number} is no number of a run.", hint="Count from 1, or give none.")
    check_labels(request.tags, request.properties, request.params)
    check_description(request.description)


def check_update(request: UpdateRun) -> None:
    """Check a request to change a run.

    Raises:
        InvalidValueError: A name is not accepted.
        LimitError: Something is too long.
    """
    check_labels(request.set_tags, request.add_properties, request.set_params)
    if request.life is not UNSET and (request.status is not UNSET or request.reopen):
        raise InvalidValueError("A life that is given whole cannot go on in the same request.", hint="Send two.")
    if request.description is not UNSET:
        check_description(request.description)


def check_archivable(name: str) -> None:
    """Check that an experiment may be archived.

    Raises:
        InvalidValueError: It is one of those in which registered things lie.
    """
    if name in EXPERIMENTS:
        raise InvalidValueError(
            f"The experiment {name!r} holds what is registered and cannot be archived.",
            hint="Delete single versions instead.",
        )


def check_list(request: RunConditions) -> None:
    """Check a request to list runs.

    Raises:
        InvalidValueError: The order names no metric or label, or a word is not known.
        LimitError: Too many runs are named.
    """
    check_order(request.order)
    for condition in request.conditions:
        _check_word("figure of a metric", condition.stat, STATS)
        _check_word("comparison", condition.op, OPERATORS)
    if request.run_ids is not None and len(request.run_ids) > limit.SEARCH_RUNS:
        raise LimitError(
            f"One request names at most {limit.SEARCH_RUNS} runs, not {len(request.run_ids)}.", hint="Ask in parts."
        )


def check_order(order: RunOrder) -> None:
    """Check what runs are to be sorted by.

    Raises:
        InvalidValueError: It is no column of a run, or a metric or label is not named.
    """
    _check_word("order of runs", order.field, ORDERS)
    _check_word("figure of a metric", order.stat, STATS)
    if order.field == "metric" and order.metric is None:
        raise InvalidValueError("An order by a metric needs the metric.", hint="Give RunOrder(metric=MetricColumn(…)).")
    if order.field in LABELS and not order.key:
        raise InvalidValueError(f"An order by a {order.field} needs its name.", hint="Give RunOrder(key=…).")


def check_overview(request: ReadOverview) -> None:
    """Check how many buckets are wanted, and of which size.

    Raises:
        InvalidValueError: It is no number of buckets, or no size of one.
    """
    if not 1 <= request.buckets <= limit.BUCKETS:
        raise InvalidValueError(
            f"An overview cannot have {request.buckets} buckets.", hint=f"Ask for 1 to {limit.BUCKETS:,}."
        )
    size = request.bucket_rows
    if size < 0 or size & (size - 1):
        raise InvalidValueError(f"A bucket cannot have {size} rows.", hint="Give a power of two, or 0.")


def check_bucket_count(request: ReadOverview, rows: int) -> None:
    """Check that so many rows do not take too many buckets of the size wanted.

    Raises:
        InvalidValueError: They do.
    """
    if request.bucket_rows and rows > request.bucket_rows * limit.BUCKETS:
        raise InvalidValueError(
            f"{rows:,} rows take more than {limit.BUCKETS:,} buckets of {request.bucket_rows}.",
            hint="Ask for larger buckets, or for fewer rows at a time.",
        )


def check_experiments(request: ListExperiments) -> None:
    """Check which experiments are to be listed, and in which order.

    Raises:
        InvalidValueError: A word is not known.
    """
    _check_word("view of experiments", request.view, VIEWS)
    _check_word("order of experiments", request.order, EXPERIMENT_ORDERS)


def check_description(description: str) -> None:
    """Check a description's length.

    Raises:
        LimitError: It is too long.
    """
    if len(description) > limit.DESCRIPTION_CHARS:
        raise LimitError(
            f"The description has {len(description)} characters; the most is {limit.DESCRIPTION_CHARS}.",
            hint="Put long texts into a file: run.upload_file.",
        )


def check_labels(*labels: Mapping[str, Any]) -> None:
    """Check names and values of tags, properties and parameters.

    Raises:
        InvalidValueError: A name is empty or no text.
        LimitError: A name or value is too long.
    """
    for key, value in (pair for mapping in labels for pair in mapping.items()):
        if not isinstance(key, str) or not key:
            raise InvalidValueError(f"{key!r} cannot name a tag, property or parameter.", hint="Give a text.")
        if len(key) > limit.NAME_CHARS:
            raise LimitError(
                f"The name {key[:40]!r}… has {len(key)} characters; the most is {limit.NAME_CHARS}.",
                hint="Use a shorter one.",
            )
        if isinstance(value, str) and len(value) > limit.VALUE_CHARS:
            raise LimitError(
                f"The value of {key!r} has {len(value)} characters; the most is {limit.VALUE_CHARS}.",
                hint="Put it into a file: run.upload_file.",
            )


def _check_word(what: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise InvalidValueError(f"{word!r:.80} is no {what}.", hint=f"Use one of {' '.join(known)}.")
