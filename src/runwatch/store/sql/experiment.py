"""Experiments in the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from msgspec import UNSET, Meta, Struct
from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, not_, select, tuple_, update

from runwatch.schema.change import ChangeKind
from runwatch.schema.error import ConflictError, InvalidValueError, NotFoundError
from runwatch.schema.run import Experiment, ExperimentPage, ListExperiments, UpdateExperiment
from runwatch.store import cursor
from runwatch.store.check import check_archivable
from runwatch.store.filter.registered import shows_reserved
from runwatch.store.sql.database import Writing
from runwatch.store.sql.reserved import IS_RESERVED
from runwatch.store.sql.run_create import put_experiment_tags
from runwatch.store.sql.run_pick import label_is
from runwatch.store.sql.table.run import experiment_tags, experiments, runs
from runwatch.store.sql.text import clean, contains

_LAST_RUN: Final = (
    select(func.max(runs.c.created_at)).where(runs.c.experiment_key == experiments.c.experiment_key).scalar_subquery()
)
_SELECT: Final = select(experiments, _LAST_RUN.label("last_run_at"))
_GET: Final = _SELECT.where(experiments.c.experiment_key == bindparam("key"))
_FIND: Final = select(experiments.c.experiment_key, experiments.c.name, experiments.c.archived_at).where(
    experiments.c.experiment_id == bindparam("id")
)
_TAGS: Final = (
    select(experiment_tags)
    .where(experiment_tags.c.experiment_key.in_(bindparam("keys", expanding=True)))
    .order_by(experiment_tags.c.key)
)


_ORDERS: Final[Mapping[str, ColumnElement[Any]]] = {
    "created": experiments.c.created_at,
    "last_run": func.coalesce(_LAST_RUN, experiments.c.created_at),
    "name": func.lower(experiments.c.name),  # names are ASCII
}


class _Place(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    order: str
    value: float | str
    experiment_key: Annotated[int, Meta(ge=0, le=2**62)]


def get_experiment(connection: Connection, key: int) -> Experiment:
    """One experiment by its key."""
    return _to_experiments(connection, connection.execute(_GET, {"key": key}).all())[0]


def find_experiment(connection: Connection, experiment_id: str) -> Row[*tuple[Any, ...]]:
    """The key, name and archival of an experiment.

    Raises:
        NotFoundError: There is none of this id.
    """
    row = connection.execute(_FIND, {"id": clean(experiment_id)}).first()
    if row is None:
        raise NotFoundError(
            f"There is no experiment {experiment_id!r} in this workspace.",
            hint="List the experiments to see the ids there are.",
            experiment_id=experiment_id,
        )
    return row


def list_experiments(connection: Connection, request: ListExperiments) -> ExperimentPage:
    """A page of experiments in the order asked for.

    Args:
        connection: In a read transaction.
        request: A checked request.

    Raises:
        InvalidValueError: The cursor is not one of such a list.
    """
    limit, value, key = cursor.check_limit(request.limit), _ORDERS[request.order], experiments.c.experiment_key
    rising = request.order == "name"
    statement = _SELECT.add_columns(value.label("sort_value")).where(*_conditions(request))
    if request.cursor is not None:
        place = _read_place(request.order, request.cursor)
        here, there = tuple_(value, key), tuple_(place.value, place.experiment_key)
        statement = statement.where(here > there if rising else here < there)
    statement = statement.order_by(value, key) if rising else statement.order_by(value.desc(), key.desc())
    rows = connection.execute(statement.limit(limit + 1)).all()
    page = rows[:limit]
    more = len(rows) > limit
    last = _Place(request.order, page[-1].sort_value, page[-1].experiment_key) if more else None
    return ExperimentPage(
        experiments=_to_experiments(connection, page), next_cursor=None if last is None else cursor.to_text(last)
    )


def _read_place(order: str, text: str) -> _Place:
    place = cursor.from_text(text, _Place)
    if place.order != order or isinstance(place.value, str) is not (order == "name"):
        raise InvalidValueError(
            "The cursor is one of a list in another order.", hint="Pass the next_cursor with the same order."
        )
    return place


def update_experiment(writing: Writing, request: UpdateExperiment) -> Experiment:
    """Change an experiment.

    Raises:
        NotFoundError: There is none of this id.
        ConflictError: An active one has its name by now.
    """
    connection = writing.connection
    row = find_experiment(connection, request.experiment_id)
    columns: dict[str, Any] = {}
    if request.description is not UNSET:
        columns["description"] = clean(request.description)
    if request.archived is True and row.archived_at is None:
        check_archivable(row.name)
        columns["archived_at"] = writing.at
    if request.archived is False and row.archived_at is not None:
        _require_free(connection, row.name)
        columns["archived_at"] = None
    if columns:
        mine = experiments.c.experiment_key == row.experiment_key
        connection.execute(update(experiments).where(mine).values(columns))
    for key in request.remove_tags:
        absent = (experiment_tags.c.experiment_key == row.experiment_key, experiment_tags.c.key == clean(key))
        connection.execute(delete(experiment_tags).where(*absent))
    put_experiment_tags(connection, row.experiment_key, request.set_tags)
    writing.notice(ChangeKind.EXPERIMENT, request.experiment_id, request.experiment_id)
    return get_experiment(connection, row.experiment_key)


def _require_free(connection: Connection, name: str) -> None:
    active = select(experiments.c.experiment_id).where(experiments.c.name == name, experiments.c.archived_at.is_(None))
    if connection.execute(active).first() is not None:
        raise ConflictError(
            f"There is an active experiment {name!r} by now.", hint="Archive that one first.", name=name
        )


def _conditions(request: ListExperiments) -> Iterator[ColumnElement[bool]]:
    if request.experiment_id is not None:
        yield experiments.c.experiment_id == clean(request.experiment_id)
    if not shows_reserved(request):
        yield not_(IS_RESERVED)
    if request.name is not None:
        yield experiments.c.name == clean(request.name)
    if request.view != "all":
        archived = experiments.c.archived_at
        yield archived.is_(None) if request.view == "active" else archived.is_not(None)
    if request.search:
        yield contains(request.search, experiments.c.name)
    for key, value in request.tags.items():
        there = select(experiment_tags.c.experiment_key).where(*label_is(experiment_tags, key, value))
        yield experiments.c.experiment_key.in_(there)


def _to_experiments(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Experiment, ...]:
    tags: dict[int, dict[str, str | None]] = {row.experiment_key: {} for row in rows}
    if rows:
        for key, name, value in connection.execute(_TAGS, {"keys": list(tags)}):
            tags[key][name] = value
    return tuple(
        Experiment(
            experiment_id=row.experiment_id,
            name=row.name,
            created_at=row.created_at,
            archived_at=row.archived_at,
            description=row.description,
            tags=tags[row.experiment_key],
            run_count=row.run_count,
            last_run_at=row.last_run_at,
        )
        for row in rows
    )
