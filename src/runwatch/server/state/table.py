"""The tables of the server's own database; docs/formats/server-database.md describes them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text, event

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

users: Final = Table(
    "users",
    METADATA,
    Column("user_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),  # letter case and look-alike forms folded
    Column("role", Text, nullable=False),
    Column("password_hash", Text),  # argon2id; NULL until the invitation is taken up, or with a provider
    Column("issuer", Text),
    Column("subject", Text),  # who it is at that provider
    Column("created_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
Index("uq_users_issuer_subject", users.c.issuer, users.c.subject, unique=True)

tickets: Final = Table(
    "tickets",
    METADATA,
    Column("ticket_hash", Text, primary_key=True),  # SHA-256, as of all secrets below
    Column("purpose", Text, nullable=False),  # browser, invitation
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE")),
    Column("expires_at", Float, nullable=False),
    sqlite_with_rowid=False,
)

sessions: Final = Table(
    "sessions",
    METADATA,
    Column("session_hash", Text, primary_key=True),
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE")),  # NULL: the one user of a machine
    Column("created_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("address", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_sessions_user_id", sessions.c.user_id)

tokens: Final = Table(
    "tokens",
    METADATA,
    Column("token_id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("user_id", ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("used_at", Float),
    Column("revoked_at", Float),
    sqlite_with_rowid=False,
)
Index("ix_tokens_user_id", tokens.c.user_id)

run_tokens: Final = Table(
    "run_tokens",
    METADATA,
    Column("token_id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("run_id", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("used_at", Float),
    Column("revoked_at", Float),
    sqlite_with_rowid=False,
)
Index("ix_run_tokens_run_id", run_tokens.c.run_id)

audit: Final = Table(
    "audit",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("actor", Text, nullable=False),
    Column("token_id", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("hash", Text, nullable=False),  # over this line and the hash of the one before
    sqlite_autoincrement=True,
)
for _verb in ("UPDATE", "DELETE"):
    event.listen(
        audit,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER audit_no_{_verb.lower()} BEFORE {_verb} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is only appended to'); END"
        ),
    )

views: Final = Table(
    "views",
    METADATA,
    Column("view_id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),  # empty: known by the hash of its content
    Column("state", Text, nullable=False),  # JSON
    Column("shared", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_views_owner_kind_name", views.c.owner, views.c.kind, views.c.name)
