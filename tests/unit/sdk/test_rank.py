"""Processes of a distributed job: which one this is, and what it logs under."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.journal.reader import JournalReader
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from runwatch.sdk.rank import RankedWriter, find_rank, prefix


@pytest.mark.parametrize(
    ("variables", "rank"),
    [
        ({}, 0),
        ({"RUNWATCH_RANK": "2"}, 2),
        ({"RANK": "3", "RUNWATCH_RANK": "0"}, 3),
        ({"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_NODE_RANK": "5", "RUNWATCH_RANK": "0"}, 1),
        ({"PMI_RANK": "4"}, 4),
        ({"SLURM_PROCID": "7"}, 0),
        ({"SLURM_PROCID": "7", "SLURM_STEP_ID": "0"}, 7),
        ({"RANK": "x", "RUNWATCH_RANK": "1"}, 1),
        ({"RANK": "-1"}, 0),
    ],
)
def test_the_rank_is_found_where_launchers_put_it(variables: dict[str, str], rank: int) -> None:
    assert find_rank(variables) == rank


def test_the_first_process_has_the_plain_names() -> None:
    assert (prefix(0), prefix(3)) == ("", "rank_3/")


def test_others_log_under_names_of_their_own(tmp_path: Path) -> None:
    writer = RankedWriter(tmp_path, "r", attempt=1, rank=2)
    assert writer.scalar("loss", 1.0, None) is False  # the fast path would write the plain name
    writer.point("loss", 1.0, 0)
    assert writer.scalar("loss", 2.0, None) is False
    column = Column(name="value", type=ColumnType.FLOAT, data=b"\0" * 8)
    writer.rows(Block(metric="table", kind=MetricKind.SCALAR, rows=1, columns=(column,), times=b"\0" * 8))
    writer.param("lr", 0.1)
    writer.close()
    reader = JournalReader(tmp_path, "r")
    batches = [reader.read(name, 0).batch for name in reader.writers()]
    names = {block.metric for batch in batches for block in batch.blocks} | {
        name for batch in batches for name in batch.params
    }
    assert names == {"rank_2/loss", "rank_2/table", "rank_2/lr"}
