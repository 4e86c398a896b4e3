"""The sequence counter of a workspace and the notices that carry its numbers."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.dialects.sqlite import insert

from runwatch.schema.change import ChangeKind
from runwatch.store.sql.statement import Statement
from runwatch.store.sql.table.change import changes, sequence

_NEXT: Final = Statement(update(sequence).values(value=sequence.c.value + 1).returning(sequence.c.value), ())
_INSERT: Final = insert(changes).values(
    subject=bindparam("subject"),
    kind=bindparam("kind"),
    sequence=bindparam("number"),
    experiment_id=bindparam("experiment_id"),
    at=bindparam("at"),
)
_PUT: Final = Statement(
    _INSERT.on_conflict_do_update(
        index_elements=[changes.c.subject, changes.c.kind],
        set_={name: _INSERT.excluded[name] for name in ("sequence", "experiment_id", "at")},
    ),
    ("subject", "kind", "number", "experiment_id", "at"),
)


def put_notice(connection: Connection, kind: ChangeKind, subject: str, experiment_id: str, at: float) -> int:
    """Number a change and replace the subject's last notice of this kind.

    Numbers are seen in their order by every reader, since write transactions come one after the other.

    Args:
        connection: A connection in a write transaction.
        kind: What changed.
        subject: What it changed of.
        experiment_id: The experiment, for runs.
        at: When, seconds UTC.

    Returns:
        The sequence number.
    """
    ((number,),) = _NEXT.all(connection)
    _PUT.write(connection, [(subject, str(kind), number, experiment_id, at)])
    return int(number)
