"""Tags, properties and parameters of runs: one row each, so that lists can filter by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Table, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql.dml import Insert

from runwatch.schema.error import ConflictError
from runwatch.store.label import param_parts
from runwatch.store.sql.table.run import run_params, run_properties, run_tags
from runwatch.store.sql.text import clean, from_json, to_json


class Labels(Struct, frozen=True):
    """What a run is labelled with."""

    tags: dict[str, str | None]
    properties: dict[str, str]
    params: dict[str, Any]


def _upsert(table: Table) -> Insert:
    statement = insert(table)
    changed = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=[table.c.run_key, table.c.key], set_=changed)


_PUT: Final = {table: _upsert(table) for table in (run_tags, run_params)}
_ADD_PROPERTY: Final = insert(run_properties)
_READ: Final = {
    table: select(table.c.run_key, table.c.key, table.c.value)
    .where(table.c.run_key.in_(bindparam("keys", expanding=True)))
    .order_by(table.c.run_key, table.c.key)
    for table in (run_tags, run_properties, run_params)
}


def put_tags(connection: Connection, run_key: int, tags: Mapping[str, str | None], remove: Iterable[str] = ()) -> None:
    """Remove tags, then add or replace others.

    Args:
        connection: In a write transaction.
        run_key: The run.
        tags: Tags to set; a value may be None.
        remove: Tags to remove; an absent one is no error.
    """
    gone = [clean(key) for key in remove]
    if gone:
        connection.execute(delete(run_tags).where(run_tags.c.run_key == run_key, run_tags.c.key.in_(gone)))
    rows = [{"run_key": run_key, "key": clean(key), "value": clean(value)} for key, value in tags.items()]
    if rows:
        connection.execute(_PUT[run_tags], rows)


def put_params(connection: Connection, run_key: int, params: Mapping[str, Any]) -> None:
    """Add or replace parameters.

    Args:
        connection: In a write transaction.
        run_key: The run.
        params: Names and JSON values.
    """
    rows = [{"run_key": run_key, "key": clean(key)} | param_row(value) for key, value in params.items()]
    if rows:
        connection.execute(_PUT[run_params], rows)


def param_row(value: Any) -> dict[str, Any]:
    """What is stored of a parameter's value.

    Args:
        value: A JSON value.
    """
    text = to_json(value)
    number, plain = param_parts(from_json(text))
    return {"value": text, "number": number, "text": plain}


def add_properties(connection: Connection, run_key: int, properties: Mapping[str, str]) -> None:
    """Add properties, which are written once.

    Args:
        connection: In a write transaction.
        run_key: The run.
        properties: Names and values; the same value again is fine.

    Raises:
        ConflictError: One is there with another value.
    """
    if not properties:
        return
    there = read_labels(connection, [run_key])[run_key].properties
    rows = []
    for key, value in ((clean(key), clean(value)) for key, value in properties.items()):
        if key not in there:
            rows.append({"run_key": run_key, "key": key, "value": value})
        elif there[key] != value:
            raise ConflictError(
                f"The property {key!r} is {there[key]!r} and cannot become {value!r}.",
                hint="Properties are written once; use a tag for what changes.",
                key=key,
                old=there[key],
                new=value,
            )
    if rows:
        connection.execute(_ADD_PROPERTY, rows)


def read_labels(connection: Connection, run_keys: Sequence[int]) -> dict[int, Labels]:
    """The labels of runs, by run key, sorted by name.

    Args:
        connection: In any transaction.
        run_keys: The runs.
    """
    found = {key: Labels({}, {}, {}) for key in run_keys}
    if found:
        keys = {"keys": list(found)}
        for run_key, key, value in connection.execute(_READ[run_tags], keys):
            found[run_key].tags[key] = value
        for run_key, key, value in connection.execute(_READ[run_properties], keys):
            found[run_key].properties[key] = value
        for run_key, key, value in connection.execute(_READ[run_params], keys):
            found[run_key].params[key] = from_json(value)
    return found
