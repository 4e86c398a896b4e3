"""Tables: formats, headers, types, steps that are done when the rows are read."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pandas
import pytest

from runwatch import Dataset, DataType, Workspace
from runwatch.exceptions import InvalidValueError, NotSupportedError, UserErrorException


@pytest.fixture
def folder(clean_place: Path) -> Path:
    made = clean_place / "tables"
    made.mkdir()
    (made / "1.csv").write_text("x,name\n1,a\n2,b\n3,c\n")
    (made / "2.csv").write_text("x,name\n4,d\n5,e\n")
    return made


def rows(table: Any) -> list[list[Any]]:
    return table.to_pandas_dataframe().to_numpy().tolist()  # type: ignore[no-any-return]


def test_formats(folder: Path, workspace: Workspace) -> None:
    frame = pandas.DataFrame({"x": [1, 2], "name": ["a", "b"]})
    frame.to_csv(folder / "t.tsv", sep="\t", index=False)
    (folder / "packed").write_bytes(gzip.compress(b"x,name\n1,a\n2,b\n"))
    frame.to_parquet(folder / "t.parquet")
    (folder / "t.jsonl").write_text('{"x": 1, "name": "a"}\n{"x": 2, "name": "b"}\n')
    store = workspace.get_default_datastore()
    store.upload(folder, target_path="t")
    for table in (
        Dataset.Tabular.from_delimited_files(folder / "t.tsv", separator="\t"),
        Dataset.Tabular.from_delimited_files(folder / "packed"),
        Dataset.Tabular.from_parquet_files(folder / "t.parquet"),
        Dataset.Tabular.from_parquet_files((store, "t/*.parquet")),
        Dataset.Tabular.from_json_lines_files(str(folder / "t.jsonl")),
        Dataset.Tabular.from_json_lines_files([(store, "t/t.jsonl")]),
    ):
        assert rows(table) == [[1, "a"], [2, "b"]]
        assert list(table.to_pandas_dataframe().columns) == ["x", "name"]


@pytest.mark.parametrize(
    ("header", "columns", "expected"),
    [
        (True, ["x", "name"], [1, 2, 3, 4, 5]),
        ("ALL_FILES_HAVE_SAME_HEADERS", ["x", "name"], [1, 2, 3, 4, 5]),
        (False, ["Column1", "Column2"], ["x", "1", "2", "3", "x", "4", "5"]),
        ("ONLY_FIRST_FILE_HAS_HEADERS", ["x", "name"], [1, 2, 3, "x", "4", "5"]),
        ("COMBINE_ALL_FILES_HEADERS", ["x", "name"], [1, 2, 3, 4, 5]),
    ],
)
def test_headers(folder: Path, header: Any, columns: list[str], expected: list[Any]) -> None:
    frame = Dataset.Tabular.from_delimited_files(folder / "*.csv", header=header).to_pandas_dataframe()
    assert list(frame.columns) == columns
    assert frame.iloc[:, 0].tolist() == expected


def test_files_with_other_columns_are_joined_by_name(folder: Path) -> None:
    (folder / "2.csv").write_text("name,y\nd,9\n")
    combined = Dataset.Tabular.from_delimited_files(folder / "*.csv", header="COMBINE_ALL_FILES_HEADERS")
    frame = combined.to_pandas_dataframe()
    assert list(frame.columns) == ["x", "name", "y"]
    assert frame["name"].tolist() == ["a", "b", "c", "d"]
    assert frame["y"].isna().tolist() == [True, True, True, False]
    with pytest.raises(InvalidValueError):
        Dataset.Tabular.from_delimited_files(folder / "*.csv", header="SOME")


def test_types_and_the_path(folder: Path) -> None:
    (folder / "t.csv").write_text("n,when,flag\n1,2020-01-01,x\nbad,2020-01-02,y\n")
    types = {"n": DataType.to_long(), "when": DataType.to_datetime(), "flag": DataType.to_string()}
    table = Dataset.Tabular.from_delimited_files(folder / "t.csv", include_path=True, set_column_types=types)
    frame = table.to_pandas_dataframe()
    assert frame["Path"].tolist() == ["/t.csv", "/t.csv"]
    assert frame["n"].isna().tolist() == [False, True]
    assert frame["when"].dt.day.tolist() == [1, 2]
    plain = Dataset.Tabular.from_delimited_files(folder / "1.csv", infer_column_types=False)
    assert rows(plain)[0] == ["1", "a"]


def test_steps_are_done_in_their_order(folder: Path) -> None:
    table = Dataset.Tabular.from_delimited_files(folder / "*.csv")
    assert rows(table.skip(1).take(3)) == [[2, "b"], [3, "c"], [4, "d"]]
    assert rows(table.take(2).skip(1)) == [[2, "b"]]
    assert rows(table.keep_columns("name").take(1)) == [["a"]]
    assert rows(table.drop_columns(["name"]).skip(4)) == [[5]]
    assert rows(table.filter((table["x"] >= 2) & ~(table["name"] == "c") | (table["x"] < 2)).keep_columns("x")) == [
        [1], [2], [4], [5],
    ]  # fmt: skip
    assert list(table.take(0).to_pandas_dataframe().columns) == ["x", "name"]
    with pytest.raises(UserErrorException, match="no column 'z'"):
        table.keep_columns("z", validate=True)
    with pytest.raises(UserErrorException, match="no column 'z'"):
        table.filter(table["z"] == 1).to_pandas_dataframe()
    with pytest.raises(UserErrorException):
        bool(table["x"] == 1)
    with pytest.raises(InvalidValueError):
        table.filter(True)  # type: ignore[arg-type]


def test_a_first_row_reads_no_second_file(folder: Path) -> None:
    (folder / "2.csv").write_bytes(b"\xff\xfe broken")
    table = Dataset.Tabular.from_delimited_files(folder / "*.csv")
    assert rows(table.take(2)) == [[1, "a"], [2, "b"]]
    with pytest.raises(UserErrorException, match=r"2\.csv"):
        table.to_pandas_dataframe()


def test_splits_are_complete_and_repeatable(folder: Path) -> None:
    table = Dataset.Tabular.from_delimited_files(folder / "*.csv")
    for _ in range(3):
        one, rest = table.random_split(0.6)
        assert sorted(rows(one) + rows(rest)) == rows(table)
        assert rows(one) == rows(one)
    assert rows(table.sample(0.5, seed=1)) == rows(table.sample(0.5, seed=1))


def test_registered_tables_remember_how_they_are_read(workspace: Workspace, folder: Path) -> None:
    table = Dataset.Tabular.from_delimited_files(folder / "*.csv", header=False).filter(
        Dataset.Tabular.from_delimited_files(folder)["Column1"] != "x"
    )
    table.register(workspace, "numbers")
    assert rows(Dataset.get_by_name(workspace, "numbers").take(1)) == [["1", "a"]]


def test_a_data_frame_is_kept(workspace: Workspace) -> None:
    frame = pandas.DataFrame({"x": [1, 2]})
    store = workspace.get_default_datastore()
    made = Dataset.Tabular.register_pandas_dataframe(frame, store, "frame")
    assert made.version == 1
    again = Dataset.Tabular.register_pandas_dataframe(frame + 1, (store, "tables"), "frame", description="d")
    assert (again.version, again.description) == (2, "d")
    assert rows(Dataset.get_by_name(workspace, "frame", version=1)) == [[1], [2]]
    assert rows(Dataset.get_by_name(workspace, "frame")) == [[2], [3]]


def test_tables_as_files(folder: Path) -> None:
    table = Dataset.Tabular.from_delimited_files(folder / "1.csv")
    assert rows(Dataset.Tabular.from_delimited_files(table.to_csv_files().download())) == rows(table)
    assert rows(Dataset.Tabular.from_parquet_files(table.to_parquet_files().download())) == rows(table)
    for refused in (table.to_spark_dataframe, table.get_profile, Dataset.Tabular.from_sql_query):
        with pytest.raises(NotSupportedError):
            refused()
