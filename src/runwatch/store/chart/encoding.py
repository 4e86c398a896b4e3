"""Further encodings of the answer to a chart: JSON for people and scripts, Arrow for data frames."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np

from runwatch.schema.error import ServiceException
from runwatch.series import frame
from runwatch.series.column import FloatArray, IntArray
from runwatch.series.plot import DrawnGroup, DrawnSeries, Plot
from runwatch.series.regrid import Line

JSON_TYPE: Final = "application/json"
ARROW_TYPE: Final = "application/vnd.apache.arrow.stream"
FRAME_TYPE: Final = "application/vnd.runwatch.frame"
"""Media types; the frame is what is sent if nothing else is asked for."""

_ENCODE: Final = msgspec.json.Encoder().encode


def to_json(plot: Plot) -> bytes:
    """The header of the frame, with the numbers in place of where they stand; what is no number is null.

    ``x``, ``series`` and ``groups`` have the names of ``docs/formats/frame.md``; numbers are true values, so that there
    is neither base nor scale.
    """
    head = {
        "x": frame.describe_axis(plot),
        "series": [_series(drawn, plot) for drawn in plot.series],
        "groups": [_group(drawn) for drawn in plot.groups],
        "level": max((drawn.level for drawn in plot.series), default=1),
        "rev": plot.rev,
    }
    return _ENCODE(head)


def to_arrow(plot: Plot) -> bytes:
    """An Arrow stream: a row for each bucket or point of each series, without empty buckets.

    Columns: ``run``, ``metric``, ``column`` (dictionaries), ``x`` (float64; where a bucket begins) and the parts asked
    for. Groups and what is known of the series stand in the schema's metadata under ``chart``, as JSON.

    Raises:
        ServiceException: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ServiceException("Arrow is not installed here.", hint="pip install 'runwatch[parquet]'.") from error
    lines = [(drawn, drawn.line) for drawn in plot.series if drawn.line is not None]
    rows = [np.arange(len(line.count)) if line.x is not None else np.flatnonzero(line.count) for _, line in lines]
    arrays: dict[str, Any] = {}
    for name in ("run", "metric", "column"):
        words = list(dict.fromkeys(getattr(drawn, name) for drawn, _ in lines))
        numbers = np.array([words.index(getattr(drawn, name)) for drawn, _ in lines], "<i4")
        places = np.repeat(numbers, [len(at) for at in rows])
        arrays[name] = pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string()))
    arrays["x"] = _join([_x(plot, line)[at] for (_, line), at in zip(lines, rows, strict=True)], "<f8")
    for part in plot.parts:
        kind = "<i8" if part == "count" else "<f8"
        arrays[part] = _join([getattr(line, part)[at] for (_, line), at in zip(lines, rows, strict=True)], kind)
    table = pa.table(arrays).replace_schema_metadata({"chart": _metadata(plot)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _metadata(plot: Plot) -> bytes:
    without = ("x", *plot.parts)
    series = [_series(drawn, plot).items() for drawn in plot.series]
    known = [{name: value for name, value in each if name not in without} for each in series]
    return _ENCODE(
        {
            "x": frame.describe_axis(plot),
            "series": known,
            "groups": [_group(drawn) for drawn in plot.groups],
            "rev": plot.rev,
        }
    )


def _series(drawn: DrawnSeries, plot: Plot) -> dict[str, Any]:
    found: dict[str, Any] = {"run": drawn.run, "metric": drawn.metric, "column": drawn.column}
    line = drawn.line
    if line is None:
        return found | {"error": drawn.error, "message": drawn.message}
    found |= {"n": line.points, "nonfinite": line.nonfinite, "total": drawn.total, "level": drawn.level}
    if line.x is not None:
        found["x"] = line.x.tolist()
    return found | {part: getattr(line, part).tolist() for part in plot.parts}


def _group(drawn: DrawnGroup) -> dict[str, Any]:
    line = drawn.line
    found = {"series": drawn.series, "aggregate": drawn.aggregate, "band": drawn.band}
    arrays = {"value": line.value, "low": line.low, "high": line.high, "count": line.count}
    return found | {name: values.tolist() for name, values in arrays.items() if values is not None}


def _x(plot: Plot, line: Line) -> FloatArray:
    if line.x is not None or plot.grid is None:
        return np.zeros(0) if line.x is None else line.x
    return plot.grid.starts()


def _join(arrays: list[Any], kind: str) -> FloatArray | IntArray:
    joined: FloatArray | IntArray = np.concatenate([*arrays, np.zeros(0, kind)]).astype(kind)
    return joined
