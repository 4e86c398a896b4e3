"""A chart on the wire: a JSON header, then raw little-endian columns (``docs/formats/frame.md``)."""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from runwatch.series.column import FloatArray, IntArray
from runwatch.series.error import ChunkFormatError
from runwatch.series.plot import DrawnGroup, DrawnSeries, Part, Plot

MAGIC: Final = b"RWF1"
ALIGN: Final = 8
"""Columns begin at multiples of this, so that a browser can lay typed arrays over them."""

_START: Final = struct.Struct("<4sI")
_MOST: Final = float(np.finfo(np.float32).max) / 2
_LEAST: Final = float(np.finfo(np.float32).tiny)
_BELOW_TWO: Final = float(np.nextafter(np.float32(2), np.float32(0)))
"""Times the largest scale, 2**1023, this is still a float64."""
_NEAR: Final = 1.5
"""Values up to so many times their spread are exact to 1e-7 of it without a base."""


class AxisHead(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """What x is.

    Attributes:
        kind: ``step``, ``index``, ``time`` (seconds since 1970 UTC), ``relative`` (seconds) or ``metric``.
        form: ``buckets``: x is implied. ``points``: each series has a column ``x``.
        start: Where the first bucket begins; of points the lowest x; null if there is nothing.
        end: Where the last bucket ends; of points the highest x.
        width: Width of a bucket; 0 for points.
        buckets: How many there are; 0 for points.
    """

    kind: str
    form: Literal["buckets", "points"]
    start: float | None = None
    end: float | None = None
    width: float = 0.0
    buckets: int = 0


class SeriesHead(Struct, frozen=True, omit_defaults=True):
    """A series: ``y = base + scale * number``.

    Attributes:
        run: The run's id.
        metric: The metric.
        column: Its column.
        base: What is added to every number of its columns.
        scale: What they are multiplied with before: 1 unless float32 could not hold them.
        n: Finite numbers drawn, in buckets or as points.
        nonfinite: Values not drawn: NaN, infinities, and numbers without an x.
        total: All rows of the metric.
        level: Rows of a source bucket.
        error: Why there is no line: the code of an error.
        message: The same in words.
    """

    run: str
    metric: str
    column: str
    base: float = 0.0
    scale: float = 1.0
    n: int = 0
    nonfinite: int = 0
    total: int = 0
    level: int = 1
    error: str = ""
    message: str = ""


class GroupHead(Struct, frozen=True):
    """A group of series: ``y = base + scale * number``."""

    series: tuple[int, ...]
    aggregate: str
    band: str
    base: float = 0.0
    scale: float = 1.0


class ColumnHead(Struct, frozen=True, omit_defaults=True):
    """Where a column stands.

    Attributes:
        name: Of a series: ``x``, ``last``, ``min``, ``max``, ``mean``, ``count``. Of a group: ``value``, ``low``,
            ``high``, ``count``.
        dtype: ``f4``, ``f8`` or ``u4``, little-endian.
        offset: Its first byte, counted from the end of the header with its padding.
        length: How many numbers.
        series: The place of its series in ``series``; -1 if it is of a group.
        group: The place of its group in ``groups``; -1 if it is of a series.
    """

    name: str
    dtype: str
    offset: int
    length: int
    series: int = -1
    group: int = -1


class Head(Struct, frozen=True):
    """The header of a frame.

    Attributes:
        x: What x is.
        series: The series, in the order asked for.
        groups: The groups, likewise.
        columns: Where their numbers stand.
        level: The largest ``level`` of the series.
        rev: The sequence number of the last change that is certainly in the frame.
        bytes: Size of all columns.
    """

    x: AxisHead
    series: tuple[SeriesHead, ...]
    groups: tuple[GroupHead, ...]
    columns: tuple[ColumnHead, ...]
    level: int
    rev: int
    bytes: int


class Frame(NamedTuple):
    """A frame that was read: its header, and the numbers of its columns as they stand on the wire."""

    head: Head
    columns: tuple[NDArray[Any], ...]

    def y(self, name: str, *, series: int = -1, group: int = -1) -> FloatArray | None:
        """The true values of a column of a series or a group as float64; None if there is no such column."""
        for column, numbers in zip(self.head.columns, self.columns, strict=True):
            if (column.name, column.series, column.group) == (name, series, group):
                if column.dtype != "f4":
                    return numbers.astype(np.float64)
                of = self.head.groups[group] if series < 0 else self.head.series[series]
                with np.errstate(over="ignore"):  # rounding may lift the largest float64 over the edge
                    y = of.base + of.scale * numbers.astype(np.float64)
                return np.clip(y, -sys.float_info.max, sys.float_info.max)
        return None


_ENCODE: Final = msgspec.json.Encoder().encode
_DECODE: Final = msgspec.json.Decoder(Head).decode


class _Body:
    """Columns on their way into a frame."""

    def __init__(self) -> None:
        self.heads: list[ColumnHead] = []
        self.parts: list[bytes] = []
        self.size = 0
        self._known: dict[int, tuple[str, int]] = {}
        self._kept: list[NDArray[Any]] = []

    def add(self, name: str, values: NDArray[Any], place: tuple[int, int], scaled: NDArray[Any] | None = None) -> None:
        """Put a column behind the others; one whose array is there already refers to it.

        Args:
            name: The column's name.
            values: The array it is made of.
            place: Places of its series and of its group.
            scaled: What to write instead of the array.
        """
        known = self._known.get(id(values))
        if known is None:
            data = values if scaled is None else scaled
            known = data.dtype.str[1:], self.size
            self._known[id(values)] = known
            self._kept.append(values)  # an id is one array's own only as long as that lives
            padding = bytes(-data.nbytes % ALIGN)
            self.parts += (data.tobytes(), padding) if padding else (data.tobytes(),)
            self.size += data.nbytes + len(padding)
        self.heads.append(ColumnHead(name, known[0], known[1], len(values), *place))


def encode(plot: Plot) -> bytes:
    """The frame of a chart."""
    body = _Body()
    series = tuple(_add_series(body, place, drawn, plot) for place, drawn in enumerate(plot.series))
    groups = tuple(_add_group(body, place, drawn) for place, drawn in enumerate(plot.groups))
    head = _ENCODE(
        Head(
            x=describe_axis(plot),
            series=series,
            groups=groups,
            columns=tuple(body.heads),
            level=max((drawn.level for drawn in plot.series), default=1),
            rev=plot.rev,
            bytes=body.size,
        )
    )
    head += b" " * (-(_START.size + len(head)) % ALIGN)
    return b"".join((_START.pack(MAGIC, len(head)), head, *body.parts))


def decode(data: bytes) -> Frame:
    """Read a frame.

    Raises:
        ChunkFormatError: The bytes are no whole frame.
    """
    if len(data) < _START.size or data[:4] != MAGIC:
        raise ChunkFormatError("These bytes are no frame.")
    start = _START.size + _START.unpack_from(data)[1]
    try:
        head = _DECODE(data[_START.size : start])
    except msgspec.DecodeError as error:
        raise ChunkFormatError(f"The frame's header cannot be read: {error}.", _START.size) from error
    if len(data) != start + head.bytes:
        raise ChunkFormatError("The frame is cut, or something follows it.", start)
    return Frame(head, tuple(_read(data, start, column) for column in head.columns))


def split(data: bytes) -> Iterator[bytes]:
    """The frames of a stream of several.

    Raises:
        ChunkFormatError: The last one is cut, or what follows is none.
    """
    first = 0
    while first < len(data):
        if len(data) - first < _START.size or data[first : first + 4] != MAGIC:
            raise ChunkFormatError("Here no frame begins.", first)
        start = first + _START.size + _START.unpack_from(data, first)[1]
        try:
            end = start + _DECODE(data[first + _START.size : start]).bytes
        except msgspec.DecodeError as error:
            raise ChunkFormatError(f"A frame's header cannot be read: {error}.", first) from error
        if end > len(data):
            raise ChunkFormatError("A frame is cut.", first)
        yield data[first:end]
        first = end


def choose_base(arrays: Sequence[FloatArray]) -> tuple[float, float]:
    """Base and scale with which float32 holds values to 1e-7 of their spread.

    The base is 0 where that is good enough, so that small values of a wide range keep their own precision, which a
    logarithmic axis shows. Otherwise it is the middle of the range.

    Args:
        arrays: The values, NaN where there are none.
    """
    lows = [float(np.fmin.reduce(array)) for array in arrays if len(array)]
    low = min((each for each in lows if not math.isnan(each)), default=0.0)
    highs = [float(np.fmax.reduce(array)) for array in arrays if len(array)]
    high = max((each for each in highs if not math.isnan(each)), default=0.0)
    spread, largest = high / 2 - low / 2, max(-low, high)
    base = 0.0 if largest <= 2 * _NEAR * spread else low / 2 + high / 2
    reach = max(largest if base == 0.0 else spread, sys.float_info.min)
    if _LEAST * 2**24 <= reach <= _MOST or largest == 0.0 or (base and not spread):
        return base, 1.0
    return base, 2.0 ** min(max(math.frexp(reach)[1], -1021), 1023)


def _add_series(body: _Body, place: int, drawn: DrawnSeries, plot: Plot) -> SeriesHead:
    line = drawn.line
    names = (drawn.run, drawn.metric, drawn.column)
    if line is None:
        return SeriesHead(*names, total=drawn.total, error=drawn.error, message=drawn.message)
    wanted: dict[Part, FloatArray] = {name: getattr(line, name) for name in plot.parts if name != "count"}
    base, scale = choose_base(_widest(wanted))
    if line.x is not None:
        body.add("x", line.x, (place, -1))
    for name, values in wanted.items():
        body.add(name, values, (place, -1), _narrow(values, base, scale))
    if "count" in plot.parts:
        body.add("count", line.count, (place, -1), _narrow_count(line.count))
    return SeriesHead(*names, base, scale, line.points, line.nonfinite, drawn.total, drawn.level)


def _widest(wanted: Mapping[Part, FloatArray]) -> Sequence[FloatArray]:
    """Arrays that have the extremes of those wanted: often the extremes are among them."""
    return [wanted["min"], wanted["max"]] if "min" in wanted and "max" in wanted else list(wanted.values())


def _add_group(body: _Body, place: int, drawn: DrawnGroup) -> GroupHead:
    line = drawn.line
    columns = {"value": line.value}
    if line.low is not None and line.high is not None:
        columns |= {"low": line.low, "high": line.high}
    base, scale = choose_base(list(columns.values()))
    for name, values in columns.items():
        body.add(name, values, (-1, place), _narrow(values, base, scale))
    body.add("count", line.count, (-1, place), _narrow_count(line.count))
    return GroupHead(drawn.series, drawn.aggregate, drawn.band, base, scale)


def _narrow(values: FloatArray, base: float, scale: float) -> NDArray[np.float32]:
    if scale != 1.0:
        return np.clip(values / scale - base / scale, -_BELOW_TWO, _BELOW_TWO).astype("<f4")
    return (values - base if base else values).astype("<f4")


def _narrow_count(count: IntArray) -> NDArray[np.uint32]:
    return np.minimum(count, 2**32 - 1).astype("<u4")


def describe_axis(plot: Plot) -> AxisHead:
    """What x is, as in the header."""
    grid = plot.grid
    if grid is not None:
        return AxisHead(plot.kind, "buckets", grid.start, grid.end, grid.width, grid.buckets)
    xs = [drawn.line.x for drawn in plot.series if drawn.line is not None and drawn.line.x is not None]
    xs = [x for x in xs if len(x)]
    if not xs:
        return AxisHead(plot.kind, "points")
    return AxisHead(plot.kind, "points", min(float(x.min()) for x in xs), max(float(x.max()) for x in xs))


def _read(data: bytes, start: int, column: ColumnHead) -> NDArray[Any]:
    if column.dtype not in ("f4", "f8", "u4"):
        raise ChunkFormatError(f"A column of type {column.dtype!r} is unknown.", start)
    try:
        return np.frombuffer(data, f"<{column.dtype}", column.length, start + column.offset)
    except ValueError as error:
        raise ChunkFormatError(f"The column {column.name!r} does not lie within the frame.", start) from error
