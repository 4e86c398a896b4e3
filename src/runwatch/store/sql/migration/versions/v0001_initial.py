"""The tables of the first release, as SQLite keeps them."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS: Final = (
    """
CREATE TABLE blobs (
    blob_id TEXT NOT NULL,
    sha256 TEXT,
    size_bytes INTEGER NOT NULL,
    CONSTRAINT pk_blobs PRIMARY KEY (blob_id),
    CONSTRAINT uq_blobs_sha256 UNIQUE (sha256)
)
 WITHOUT ROWID
    """,
    """
CREATE TABLE workspace (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_workspace PRIMARY KEY ("key")
)
 WITHOUT ROWID
    """,
    """
CREATE TABLE sequence (
    id INTEGER NOT NULL,
    value INTEGER NOT NULL,
    CONSTRAINT pk_sequence PRIMARY KEY (id),
    CONSTRAINT ck_sequence_one_row CHECK (id = 1)
)
    """,
    """
CREATE TABLE changes (
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    experiment_id TEXT NOT NULL,
    at FLOAT NOT NULL,
    CONSTRAINT pk_changes PRIMARY KEY (subject, kind)
)
 WITHOUT ROWID
    """,
    """
CREATE UNIQUE INDEX uq_changes_sequence ON changes (sequence)
    """,
    """
CREATE TABLE targets (
    name TEXT NOT NULL,
    backend TEXT NOT NULL,
    slots INTEGER NOT NULL,
    settings TEXT NOT NULL,
    created_at FLOAT NOT NULL,
    CONSTRAINT pk_targets PRIMARY KEY (name)
)
 WITHOUT ROWID
    """,
    """
CREATE TABLE experiments (
    experiment_key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    experiment_id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at FLOAT NOT NULL,
    archived_at FLOAT,
    description TEXT NOT NULL,
    last_number INTEGER NOT NULL,
    run_count INTEGER NOT NULL,
    CONSTRAINT uq_experiments_experiment_id UNIQUE (experiment_id)
)
    """,
    """
CREATE INDEX ix_experiments_created_at ON experiments (created_at, experiment_key)
    """,
    """
CREATE UNIQUE INDEX uq_experiments_active_name ON experiments (name) WHERE archived_at IS NULL
    """,
    """
CREATE TABLE deleted_runs (
    run_id TEXT NOT NULL,
    deleted_at FLOAT NOT NULL,
    CONSTRAINT pk_deleted_runs PRIMARY KEY (run_id)
)
 WITHOUT ROWID
    """,
    """
CREATE TABLE experiment_tags (
    experiment_key INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT,
    CONSTRAINT pk_experiment_tags PRIMARY KEY (experiment_key, "key"),
    CONSTRAINT fk_experiment_tags_experiment_key FOREIGN KEY(experiment_key)
        REFERENCES experiments (experiment_key) ON DELETE CASCADE
)
 WITHOUT ROWID
    """,
    """
CREATE TABLE runs (
    run_key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run_id TEXT NOT NULL,
    token TEXT NOT NULL,
    experiment_key INTEGER NOT NULL,
    number INTEGER NOT NULL,
    status TEXT NOT NULL,
    type TEXT,
    name TEXT,
    display_name TEXT,
    description TEXT NOT NULL,
    parent_run_id TEXT,
    root_run_id TEXT NOT NULL,
    created_at FLOAT NOT NULL,
    started_at FLOAT,
    ended_at FLOAT,
    contact_at FLOAT,
    attempt INTEGER NOT NULL,
    target TEXT,
    submitted_by TEXT,
    host TEXT,
    hidden BOOLEAN NOT NULL,
    definition TEXT NOT NULL,
    record TEXT NOT NULL,
    CONSTRAINT uq_runs_run_id UNIQUE (run_id),
    CONSTRAINT fk_runs_experiment_key FOREIGN KEY(experiment_key)
        REFERENCES experiments (experiment_key)
)
    """,
    """
CREATE INDEX ix_runs_experiment_created_at ON runs (experiment_key, created_at, run_key)
    """,
    """
CREATE INDEX ix_runs_created_at ON runs (created_at, run_key)
    """,
    """
CREATE UNIQUE INDEX uq_runs_experiment_number ON runs (experiment_key, number)
    """,
    """
CREATE INDEX ix_runs_parent_run_id ON runs (parent_run_id) WHERE parent_run_id IS NOT NULL
    """,
    """
CREATE INDEX ix_runs_root_run_id ON runs (root_run_id)
    """,
    """
CREATE INDEX ix_runs_status_created_at ON runs (status, created_at, run_key)
    """,
    """
CREATE TABLE artifacts (
    run_key INTEGER NOT NULL,
    path TEXT NOT NULL,
    folder TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sealed BOOLEAN NOT NULL,
    sha256 TEXT NOT NULL,
    blob_id TEXT NOT NULL,
    created_at FLOAT NOT NULL,
    changed_at FLOAT NOT NULL,
    media_type TEXT NOT NULL,
    CONSTRAINT pk_artifacts PRIMARY KEY (run_key, path),
    CONSTRAINT fk_artifacts_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE,
    CONSTRAINT fk_artifacts_blob_id FOREIGN KEY(blob_id)
        REFERENCES blobs (blob_id)
)
 WITHOUT ROWID
    """,
    """
CREATE INDEX ix_artifacts_run_key_folder_path ON artifacts (run_key, folder, path)
    """,
    """
CREATE INDEX ix_artifacts_blob_id ON artifacts (blob_id)
    """,
    """
CREATE TABLE jobs (
    job_key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL,
    run_key INTEGER NOT NULL,
    target TEXT NOT NULL,
    state TEXT NOT NULL,
    priority INTEGER NOT NULL,
    queued_at FLOAT NOT NULL,
    spec TEXT NOT NULL,
    agent TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    lease_until FLOAT NOT NULL,
    cancel_requested BOOLEAN NOT NULL,
    result TEXT NOT NULL,
    CONSTRAINT uq_jobs_job_id UNIQUE (job_id),
    CONSTRAINT uq_jobs_run_key UNIQUE (run_key),
    CONSTRAINT fk_jobs_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE,
    CONSTRAINT fk_jobs_target FOREIGN KEY(target)
        REFERENCES targets (name)
)
    """,
    """
CREATE INDEX ix_jobs_queue ON jobs (target, state, priority DESC, job_key)
    """,
    """
CREATE TABLE metrics (
    metric_key INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    run_key INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    rows BIGINT NOT NULL,
    columns TEXT NOT NULL,
    tail TEXT NOT NULL,
    has_steps BOOLEAN NOT NULL,
    first_at FLOAT NOT NULL,
    last_at FLOAT NOT NULL,
    last_step BIGINT,
    CONSTRAINT fk_metrics_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE
)
    """,
    """
CREATE UNIQUE INDEX uq_metrics_run_name ON metrics (run_key, name)
    """,
    """
CREATE TABLE summaries (
    run_key INTEGER NOT NULL,
    metric TEXT NOT NULL,
    "column" TEXT NOT NULL,
    type TEXT NOT NULL,
    count BIGINT NOT NULL,
    nonfinite BIGINT NOT NULL,
    numeric BIGINT NOT NULL,
    first_number FLOAT,
    last_number FLOAT,
    first_value TEXT,
    last_value TEXT,
    min FLOAT,
    max FLOAT,
    sum FLOAT NOT NULL,
    sum_squares FLOAT NOT NULL,
    min_step BIGINT,
    max_step BIGINT,
    CONSTRAINT pk_summaries PRIMARY KEY (run_key, metric, "column"),
    CONSTRAINT fk_summaries_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE
)
 WITHOUT ROWID
    """,
    """
CREATE INDEX ix_summaries_min ON summaries (metric, "column", min, run_key)
    """,
    """
CREATE INDEX ix_summaries_max ON summaries (metric, "column", max, run_key)
    """,
    """
CREATE INDEX ix_summaries_last_number ON summaries (metric, "column", last_number, run_key)
    """,
    """
CREATE TABLE cursors (
    run_key INTEGER NOT NULL,
    writer TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    next BIGINT NOT NULL,
    CONSTRAINT pk_cursors PRIMARY KEY (run_key, writer),
    CONSTRAINT fk_cursors_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE
)
 WITHOUT ROWID
    """,
    """
CREATE TABLE run_tags (
    run_key INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT,
    CONSTRAINT pk_run_tags PRIMARY KEY (run_key, "key"),
    CONSTRAINT fk_run_tags_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE
)
 WITHOUT ROWID
    """,
    """
CREATE INDEX ix_run_tags_key_value ON run_tags ("key", substr(value, 1, 64))
    """,
    """
CREATE TABLE run_properties (
    run_key INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT,
    CONSTRAINT pk_run_properties PRIMARY KEY (run_key, "key"),
    CONSTRAINT fk_run_properties_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE
)
 WITHOUT ROWID
    """,
    """
CREATE INDEX ix_run_properties_key_value ON run_properties ("key", substr(value, 1, 64))
    """,
    """
CREATE TABLE run_params (
    run_key INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT,
    CONSTRAINT pk_run_params PRIMARY KEY (run_key, "key"),
    CONSTRAINT fk_run_params_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE
)
 WITHOUT ROWID
    """,
    """
CREATE TABLE chunks (
    metric_key INTEGER NOT NULL,
    first_row BIGINT NOT NULL,
    data BLOB NOT NULL,
    CONSTRAINT pk_chunks PRIMARY KEY (metric_key, first_row),
    CONSTRAINT fk_chunks_metric_key FOREIGN KEY(metric_key)
        REFERENCES metrics (metric_key) ON DELETE CASCADE
)
    """,
    """
CREATE TABLE chunk_buckets (
    metric_key INTEGER NOT NULL,
    position INTEGER NOT NULL,
    first_row BIGINT NOT NULL,
    data BLOB NOT NULL,
    CONSTRAINT pk_chunk_buckets PRIMARY KEY (metric_key, position, first_row),
    CONSTRAINT fk_chunk_buckets_metric_key FOREIGN KEY(metric_key)
        REFERENCES metrics (metric_key) ON DELETE CASCADE
)
 WITHOUT ROWID
    """,
)


def upgrade() -> None:
    """Make all tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Not offered: delete the workspace instead."""
    raise NotImplementedError
