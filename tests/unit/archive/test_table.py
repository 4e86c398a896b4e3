"""What any reader of Parquet finds in an archive."""

from __future__ import annotations

import io
import math
import struct
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from runwatch.archive import parquet
from runwatch.archive.export import export_runs
from runwatch.archive.fingerprint import Fingerprint
from runwatch.archive.table import field_names
from runwatch.schema.metric import Block
from runwatch.series.chunk import NO_STEP
from runwatch.store.protocol import Store
from runwatch.testing.sample import Writer, block, column, from_integers, new_run, scalars
from tests.unit.archive.scene import ODD_FLOATS, odd_block


def written(*blocks: Block) -> io.BytesIO:
    sink = io.BytesIO()
    parquet.write(blocks, sink)
    sink.seek(0)
    return sink


def test_a_metric_is_a_usable_table(store: Store, tmp_path: Path) -> None:
    new_run(store, run_id="r")
    Writer(store, "r").append(
        block("loss", (column("value", [0.5, None, 0.25]),), 3, steps=[1, NO_STEP, 3], description="lower is better")
    )
    export_runs(store, ["r"], tmp_path / "a")
    table = pq.read_table(tmp_path / "a/runs/00001/metrics/00001.parquet")
    assert table.column_names == ["step", "time", "value"]
    assert [str(each) for each in table.schema.types] == ["int64", "timestamp[us, tz=UTC]", "double"]
    assert table.column("step").to_pylist() == [1, None, 3]
    assert table.column("value").to_pylist() == [0.5, None, 0.25]
    assert table.column("time")[0].as_py().timestamp() == 1_700_000_000
    metadata = table.schema.metadata
    assert (metadata[b"runwatch.metric"], metadata[b"runwatch.kind"]) == (b"loss", b"scalar")
    assert metadata[b"runwatch.description"] == b"lower is better"


def test_every_type_has_its_own_and_missing_is_not_nan() -> None:
    table = pq.read_table(written(odd_block()))
    types = dict(zip(table.column_names, map(str, table.schema.types), strict=True))
    assert types["value"] == "double"
    assert types["step_2"] == "int64"
    assert types["column"] == "string"
    assert types["Value_2"] == "bool"
    assert types["mixed"] == "struct<float: double, int: int64, bool: bool, str: string>"
    floats = table.column("value").to_pylist()
    assert [number is None for number in floats] == [False] * 7 + [True, False]
    assert [math.isnan(number) for number in floats[:3]] == [True] * 3
    assert struct.pack("<7d", *floats[:7]) == ODD_FLOATS[:56]
    mixed = table.column("mixed").to_pylist()
    assert mixed[:4] == [
        {"float": 1.5, "int": None, "bool": None, "str": None},
        None,
        {"float": None, "int": None, "bool": True, "str": None},
        {"float": None, "int": None, "bool": None, "str": "x"},
    ]
    assert mixed[4]["int"] == 2**60


def test_rows_come_back_from_any_row_on() -> None:
    head = parquet.write([odd_block(), odd_block()], sink := io.BytesIO())
    for first in (0, 1, 8, 9, 10, 17):
        sink.seek(0)
        blocks = list(parquet.read(sink, head, 18, first))
        assert sum(each.rows for each in blocks) == 18 - first
        times = [time for each in blocks for time in from_integers(each.times)]
        assert times == (from_integers(odd_block().times) * 2)[first:]


def test_a_metric_without_rows_is_a_table_too() -> None:
    empty = block("none", (column("value", []),), 0)
    head = parquet.write([empty], sink := io.BytesIO())
    assert pq.read_table(io.BytesIO(sink.getvalue())).num_rows == 0
    assert [each.rows for each in parquet.read(sink, head, 0)] == [0]


def test_pages_with_other_columns_are_noticed() -> None:
    with pytest.raises(parquet.SchemaChangedError):
        written(scalars("loss", [1.0]), scalars("loss", [1]))


def test_names_of_columns_are_told_apart() -> None:
    assert field_names(["a", "A", "step", "Time", "", "", "column", "a_2"]) == [
        "a", "A_2", "step_2", "Time_2", "column", "column_2", "column_3", "a_2_2",
    ]  # fmt: skip


def test_fingerprints_do_not_depend_on_the_cut_and_see_every_bit() -> None:
    whole = odd_block()
    rows = list(parquet.read(written(whole), parquet.write([whole], io.BytesIO()), whole.rows))
    one, two = Fingerprint(), Fingerprint()
    one.add(whole)
    for each in rows:
        two.add(each)
    names = [each.name for each in whole.columns]
    assert [one.column(name) for name in names] == [two.column(name) for name in names]
    assert (one.steps, one.times, one.rows) == (two.steps, two.times, two.rows)
    flipped = Fingerprint()
    flipped.add(scalars("a", [math.nan, 0.0]))
    other = Fingerprint()
    other.add(scalars("a", [math.nan, -0.0]))
    assert flipped.column("value") != other.column("value")
    absent = Fingerprint()
    absent.add(scalars("a", [math.nan, None]))
    assert absent.column("value") not in {flipped.column("value"), other.column("value")}


def test_without_pyarrow_the_error_says_what_to_install(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from pathlib import Path\n"
        "from runwatch.archive.export import export_runs\n"
        "from runwatch.archive.intake import import_runs\n"
        "from runwatch.store.zip.download import zip_files\n"
        "from runwatch.store.memory.store import MemoryStore\n"
        "from runwatch.testing.sample import new_run\n"
        "store = MemoryStore(); new_run(store, run_id='r')\n"
        "assert b''.join(zip_files(store, 'r'))\n"
        "try:\n    export_runs(store, ['r'], Path(sys.argv[1]))\n"
        "except Exception as error:\n    print(type(error).__name__, error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a")], capture_output=True, text=True, check=True
    )
    assert done.stdout == "UserErrorException Install it with: pip install 'runwatch[parquet]'\n"
    assert list(tmp_path.iterdir()) == []
