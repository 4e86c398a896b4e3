"""Batches: the records of one reading as the blocks, parameters, tags and drops that a store takes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from runwatch.journal.format import (
    BOOL,
    DESCRIPTION,
    DROP,
    DROP_HEAD,
    EVENT,
    FLOAT,
    INT,
    KEY,
    NO_STEP,
    NULL,
    PARAM,
    ROWS,
    SCALAR_BYTES,
    SPILL,
    SPILL_HEAD,
    TAG,
    TEXT,
    TEXT_HEAD,
)
from runwatch.journal.taken import DAMAGED, Piece, Taken
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from runwatch.schema.settled import settled

LoadBlock = Callable[[str, int, int], bytes | None]
"""Name, size and CRC-32 of a spilled block -> its bytes, or None if they are not there or damaged."""

_COLUMN_TYPES: Final = {FLOAT: ColumnType.FLOAT, INT: ColumnType.INT, BOOL: ColumnType.BOOL, TEXT: ColumnType.STR}
EXACT_INT: Final = 2**53
"""Integers below this in magnitude are floats without loss."""

POINTS_MAX: Final = 2**48
"""A record that counts more than this is damaged."""

_FIXED: Final = 3
"""Where a point's step stands, in words from its start; value and time follow."""

_PARAM: Final = msgspec.msgpack.Decoder(tuple[str, Any])
_TAG: Final = msgspec.msgpack.Decoder(tuple[str, str | None])
_EVENT: Final = msgspec.msgpack.Decoder(tuple[str, dict[str, Any]])
_BLOCK: Final = msgspec.msgpack.Decoder(settled(Block))
_Fields = npt.NDArray[np.int64]


class Contents(NamedTuple):
    """What a reading says, in the words of the store."""

    blocks: tuple[Block, ...]
    params: dict[str, Any]
    tags: dict[str, str | None]
    events: tuple[tuple[int, str, Any], ...]
    dropped: dict[str, int]
    notices: tuple[str, ...]


class _Row(NamedTuple):
    """One row; its value is 64 bits of a number, or the place of an object."""

    metric: int
    kind: int
    sequence: int
    step: int
    time: int
    value: int


class Gathering:
    """Collects records, then groups the rows of each metric into blocks.

    Order is kept within a metric. Its rows are cut into blocks where the type changes, except that integers among
    floats become floats, as the store's columns do.
    """

    def __init__(self, load_block: LoadBlock) -> None:
        self._load_block = load_block
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._descriptions: dict[int, str] = {}
        self._points: list[_Fields] = []  # each of shape (6, points), in the order of _Row
        self._odd: list[_Row] = []
        self._objects: list[Any] = []  # texts and blocks, which _Row.value counts
        self._params: dict[str, Any] = {}
        self._tags: dict[str, str | None] = {}
        self._events: list[tuple[int, str, Any]] = []
        self._dropped: dict[str, int] = {}
        self._notices: list[str] = []

    def add(self, piece: Piece) -> None:
        """Take in whole records."""
        head = (piece.offsets >> 3).astype(np.intp)
        meta = piece.words[head + 2]
        kinds = (meta & np.uint64(0xFFFF)).astype(np.int64)
        keys = (meta >> np.uint64(32)).astype(np.int64)
        lengths = piece.words[head] & np.uint64(0xFFFFFFFF)
        plain = (kinds >= FLOAT) & (kinds <= NULL) & (lengths == SCALAR_BYTES)
        self._add_points(piece, head, kinds, keys, plain)
        for index in np.flatnonzero(~plain).tolist():
            kind, number = int(kinds[index]), piece.first + index
            try:
                self._add_other(piece, kind, int(keys[index]), number, piece.payload(index))
            except (msgspec.DecodeError, ValueError, TypeError, KeyError) as error:
                self._drop(DAMAGED, 1, f"Record {number} of kind {kind} cannot be read: {error}.")

    def _add_points(self, piece: Piece, head: Any, kinds: Any, keys: Any, plain: Any) -> None:
        where = np.flatnonzero(plain)
        if not len(where):
            return
        known = max(piece.keys, default=-1)
        table = np.full(known + 2, -1, np.int64)
        used = np.minimum(keys[where], known + 1)
        for key in np.flatnonzero(np.bincount(used)).tolist():
            if key in piece.keys:
                table[key] = self._metric(piece, key)
        metrics = table[used]
        nameless = int(np.count_nonzero(metrics < 0))
        if nameless:
            self._drop(DAMAGED, nameless, f"{nameless} points belong to a metric whose name was lost.")
            where, metrics = where[metrics >= 0], metrics[metrics >= 0]
        words = piece.words.view(np.int64)
        at = head[where] + _FIXED
        step, value, time = words[at], words[at + 1], words[at + 2]
        self._points.append(np.stack((metrics, kinds[where], where + piece.first, step, time, value)))

    def _add_other(self, piece: Piece, kind: int, key: int, number: int, payload: bytes) -> None:
        if kind in {KEY, DESCRIPTION}:
            return
        if kind == TEXT:
            step, time = TEXT_HEAD.unpack_from(payload) if len(payload) >= TEXT_HEAD.size else (None, None)
            if step is None or key not in piece.keys:
                raise ValueError("it has no time or no name")
            metric = self._metric(piece, key)
            self._add_object(metric, TEXT, number, step, time, payload[TEXT_HEAD.size :].decode("utf-8", "replace"))
        elif kind == ROWS:
            self._add_block(number, payload)
        elif kind == SPILL:
            self._add_spilled(number, payload)
        elif kind == PARAM:
            name, value = _PARAM.decode(payload)
            self._params[name] = value
        elif kind == TAG:
            name, value = _TAG.decode(payload)
            self._tags[name] = value
        elif kind == EVENT:
            self._events.append((number, *_EVENT.decode(payload)))
        elif kind == DROP:
            (points,) = DROP_HEAD.unpack(payload[: DROP_HEAD.size].ljust(DROP_HEAD.size, b"\0"))
            if points > POINTS_MAX:
                raise ValueError("it counts more points than there can be")
            self._drop(payload[DROP_HEAD.size :].decode("utf-8", "replace"), points)
        else:
            raise ValueError("the kind is unknown; a newer version may have written it")

    def _add_spilled(self, number: int, payload: bytes) -> None:
        if len(payload) < SPILL_HEAD.size:
            raise ValueError("it is too short")
        rows, size, checksum = SPILL_HEAD.unpack_from(payload)
        name = payload[SPILL_HEAD.size :].decode("ascii", "replace")
        data = self._load_block(name, size, checksum)
        if data is None:
            self._drop(
                DAMAGED, min(rows, POINTS_MAX), f"{rows} rows are lost: their file {name} is missing or damaged."
            )
        else:
            self._add_block(number, data)

    def _add_block(self, number: int, encoded: bytes) -> None:
        block = _BLOCK.decode(encoded)
        words = 8 * block.rows
        sizes = [(block.times, words), (block.steps, words if block.steps else 0)]
        sizes += [(column.data, words) for column in block.columns if column.type in {ColumnType.FLOAT, ColumnType.INT}]
        if block.rows < 1 or any(len(data) != size for data, size in sizes):
            raise ValueError("its columns have different lengths")
        self._add_object(self._number(block.metric), ROWS, number, NO_STEP, 0, block)

    def _add_object(self, metric: int, kind: int, number: int, step: int, time: int, value: Any) -> None:
        self._odd.append(_Row(metric, kind, number, step, time, len(self._objects)))
        self._objects.append(value)

    def _metric(self, piece: Piece, key: int) -> int:
        metric = self._number(piece.keys[key])
        if description := piece.descriptions.get(key):
            self._descriptions[metric] = description
        return metric

    def _number(self, name: str) -> int:
        number = self._numbers.setdefault(name, len(self._names))
        if number == len(self._names):
            self._names.append(name)
        return number

    def _drop(self, reason: str, points: int, notice: str = "") -> None:
        self._dropped[reason] = self._dropped.get(reason, 0) + points
        if notice:
            self._notices.append(notice)

    def contents(self) -> Contents:
        """All that was taken in."""
        return Contents(
            blocks=tuple(self._blocks()),
            params=self._params,
            tags=self._tags,
            events=tuple(self._events),
            dropped=self._dropped,
            notices=tuple(self._notices),
        )

    def _blocks(self) -> Iterable[Block]:
        parts = [*self._points, np.array(self._odd, np.int64).reshape(-1, len(_Row._fields)).T]
        rows = np.concatenate(parts, axis=1)
        if self._odd:
            rows = rows[:, np.argsort(rows[2], kind="stable")]
        metric = rows[0].astype(np.uint16) if len(self._names) < 1 << 16 else rows[0]  # 16 bits sort in linear time
        rows = rows[:, np.argsort(metric, kind="stable")]
        if not rows.shape[1]:
            return
        there = rows[1] != NULL
        _join_numbers(rows, len(self._names))
        metrics, kinds, sequences, steps, times, values = rows
        times //= 1000
        new = (metrics[1:] != metrics[:-1]) | (kinds[1:] != kinds[:-1]) | (kinds[1:] == ROWS)
        starts = np.concatenate(([0], np.flatnonzero(new) + 1))
        ends = np.append(starts[1:], len(kinds)).tolist()
        stepped = np.maximum.reduceat(steps, starts) != NO_STEP
        whole = np.logical_and.reduceat(there, starts)
        for run in np.argsort(sequences[starts], kind="stable").tolist():
            start = int(starts[run])
            part = slice(start, ends[run])
            kind, metric = int(kinds[start]), int(metrics[start])
            if kind == ROWS:
                yield self._objects[int(values[start])]
                continue
            yield Block(
                metric=self._names[metric],
                kind=MetricKind.SCALAR,
                rows=ends[run] - start,
                columns=(self._column(kind, values[part], b"" if whole[run] else there[part].tobytes()),),
                times=_little(times[part]),
                steps=_little(steps[part]) if stepped[run] else b"",
                description=self._descriptions.get(metric, ""),
            )

    def _column(self, kind: int, values: _Fields, valid: bytes) -> Column:
        if kind == TEXT:
            data = msgspec.msgpack.encode([self._objects[index] for index in values.tolist()])
        elif kind == BOOL:
            data = values.astype(np.uint8).tobytes()
        else:
            data = _little(values)
        return Column(name="value", type=_COLUMN_TYPES[kind], data=data, valid=valid)


def _join_numbers(rows: _Fields, metrics: int) -> None:
    """Turn the integers of a metric that has floats too into floats, as the store would, where that is exact.

    None takes the type of the metric's numbers. Without this a metric that is 0 now and then, or None, would be cut
    into a block for every other row.
    """
    metric, kind, value = rows[0], rows[1], rows[5]

    def having(rows_: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        return np.bincount(metric[rows_], minlength=metrics) > 0

    is_int = kind == INT
    floats, ints = having(kind == FLOAT), having(is_int)
    large = having(is_int & ((value >= EXACT_INT) | (value <= -EXACT_INT)))
    joined = is_int & (floats & ~large)[metric]
    value[joined] = value[joined].astype(np.float64).view(np.int64)
    kind[joined] = FLOAT
    bools = having(kind == BOOL)
    number = np.where(floats | ~(ints | bools), FLOAT, np.where(ints, INT, BOOL))
    absent = kind == NULL
    kind[absent] = number[metric[absent]]


def _little(values: _Fields) -> bytes:
    return values.tobytes() if sys.byteorder == "little" else values.byteswap().tobytes()


def gather(taken: Taken, load_block: LoadBlock) -> Contents:
    """What the records of a reading say."""
    gathering = Gathering(load_block)
    for piece in taken.pieces:
        gathering.add(piece)
    return gathering.contents()
