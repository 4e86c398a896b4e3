"""One metric as one Parquet file: written in pages, read in pages, with caps on what a file may claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from runwatch.archive.table import STEP, TIME, Head, arrow, make_schema, to_batch, to_block
from runwatch.schema import limit
from runwatch.schema.error import CorruptDataError, LimitError
from runwatch.schema.metric import Block, ColumnType
from runwatch.series.error import ValuesError

_DICTIONARY: Final = frozenset({"PLAIN_DICTIONARY", "RLE_DICTIONARY"})


class SchemaChangedError(Exception):
    """A later page has other columns than the first one, since the metric grew meanwhile."""


def write(blocks: Iterable[Block], sink: BinaryIO) -> Head:
    """Write a metric.

    Floats are stored plain, since a dictionary would take NaNs for equal; texts too, so that no small file can unfold
    into a large one.

    Args:
        blocks: Its rows; at least one block, all with the same columns.
        sink: A stream for the bytes; it stays open.

    Raises:
        SchemaChangedError: The blocks differ in their columns.
    """
    pq = arrow().parquet
    rest = iter(blocks)
    block = next(rest)
    head = Head.of(block)
    columns = head.columns
    schema = make_schema(head)
    delta = {STEP: "DELTA_BINARY_PACKED", TIME: "DELTA_BINARY_PACKED"}
    with pq.ParquetWriter(
        sink, schema, compression="zstd", use_dictionary=False, column_encoding=delta, store_schema=True
    ) as writer:
        while True:
            writer.write_batch(to_batch(block, schema), row_group_size=max(1, block.rows))
            following = next(rest, None)
            if following is None:
                return head
            block = following
            if Head.of(block).columns != columns:
                raise SchemaChangedError


def read(source: BinaryIO, head: Head, rows: int, first: int = 0) -> Iterator[Block]:
    """Read a metric.

    Args:
        source: The whole file.
        head: What it should hold.
        rows: How many rows it should have.
        first: The first row wanted.

    Yields:
        The rows; a metric without rows gives one empty block.

    Raises:
        CorruptDataError: It is no Parquet file, or it holds something else.
        LimitError: It claims more than is accepted.
    """
    pa = arrow()
    try:
        with pa.parquet.ParquetFile(source) as file:
            _check(file, head, rows)
            at = 0
            for batch in file.iter_batches(batch_size=limit.BATCH_RECORDS) if rows else ():
                skip = min(max(0, first - at), batch.num_rows)
                at += batch.num_rows
                if skip < batch.num_rows:
                    yield to_block(batch.slice(skip), head)
            if not rows:
                yield to_block(pa.RecordBatch.from_pylist([], schema=make_schema(head)), head)
    except (pa.ArrowException, OSError, ValuesError, UnicodeDecodeError) as error:
        raise CorruptDataError(
            f"The rows of the metric {head.metric!r} cannot be read: {error}", hint="Export the run again."
        ) from error


def _check(file: Any, head: Head, rows: int) -> None:
    if not file.schema_arrow.equals(make_schema(head)):
        raise CorruptDataError(f"The Parquet file of the metric {head.metric!r} has other columns than its index says.")
    metadata = file.metadata
    if metadata.num_rows != rows:
        raise CorruptDataError(
            f"The Parquet file of the metric {head.metric!r} has {metadata.num_rows:,} rows, not {rows:,}."
        )
    texts = {field for field, (_, kind) in enumerate(head.columns) if kind in {ColumnType.STR, ColumnType.MIXED}}
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        if group.total_byte_size > limit.ARCHIVE_GROUP_BYTES or group.num_rows > limit.BATCH_RECORDS:
            raise LimitError(
                f"The Parquet file of the metric {head.metric!r} has a row group that is too large.",
                hint="Runwatch itself writes none of this size.",
            )
        chunks = [group.column(index) for index in range(group.num_columns)] if texts else []
        if any(chunk.physical_type == "BYTE_ARRAY" and _DICTIONARY & set(chunk.encodings) for chunk in chunks):
            raise LimitError(
                f"The Parquet file of the metric {head.metric!r} has a dictionary of texts, which unfolds to any size.",
                hint="Runwatch itself writes none.",
            )
