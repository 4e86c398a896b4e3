"""Columns out of the paths of files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from runwatch import Dataset, Workspace
from runwatch.exceptions import InvalidValueError, UserErrorException
from runwatch.sdk.dataset.partition import Partition

FORMAT = "/{department}/{day:yyyy/MM/dd}/data.csv"


@pytest.fixture
def folder(clean_place: Path) -> Path:
    made = clean_place / "accounts"
    for path, value in (("sales/2019/01/31", 1), ("sales/2020/02/29", 2), ("it/2019/01/31", 3)):
        (made / path).mkdir(parents=True)
        (made / path / "data.csv").write_text(f"x,department\n{value},inside\n")
    return made


@pytest.mark.parametrize(
    ("text", "path", "values"),
    [
        (FORMAT, "/a/b/it/2019/01/31/data.csv", {"department": "it", "day": datetime(2019, 1, 31)}),
        ("{x}/data.csv", "/a/b/data.csv", {"x": "b"}),
        ("/{x}-{y}/*.csv", "/a/one-two/any.csv", {"x": "one", "y": "two"}),
        ("/{t:yyyyMMdd-HHmmss}.csv", "/20200102-030405.csv", {"t": datetime(2020, 1, 2, 3, 4, 5)}),
        ("/{t:yyyy}/{u}", "/2020/x.csv", {"t": datetime(2020, 1, 1), "u": "x.csv"}),
        ("/a.b/{x}", "/a.b/c", {"x": "c"}),
    ],
)
def test_values(text: str, path: str, values: dict[str, object]) -> None:
    assert Partition(text).values(path) == values


@pytest.mark.parametrize(
    "text", ["/data.csv", "/{x}/{x}", "/{t:MM}", "/{t:yyyy/yyyy}", "/{t:yyyy/QQ}", "/{x", "x}", "/{}/a", "/{a}" * 300]
)
def test_what_is_no_format(text: str) -> None:
    with pytest.raises(InvalidValueError):
        Dataset.File.from_files("x", validate=False, partition_format=text)


@pytest.mark.parametrize("path", ["/it/2019/13/31/data.csv", "/it/2019/1/31/data.csv", "/it/data.csv", "/axb/c"])
def test_paths_of_another_form(path: str) -> None:
    with pytest.raises(UserErrorException):
        Partition("/a.b/{x}" if path == "/axb/c" else FORMAT).values(path)


def test_a_table_has_the_columns(folder: Path) -> None:
    table = Dataset.Tabular.from_delimited_files(folder / "**/data.csv", partition_format=FORMAT, include_path=True)
    frame = table.to_pandas_dataframe()
    assert list(frame.columns) == ["Path", "department", "day", "x"]
    assert frame[["department", "x"]].to_numpy().tolist() == [["it", 3], ["sales", 1], ["sales", 2]]
    assert str(frame["day"].dtype) == "datetime64[ns]"
    assert table.filter(table["department"] == "sales").to_pandas_dataframe()["x"].tolist() == [1, 2]
    assert table.partition_keys == ["department", "day"]


def test_files_have_the_values(folder: Path, workspace: Workspace) -> None:
    store = workspace.get_default_datastore()
    store.upload(folder, target_path="kept")
    files = Dataset.File.from_files((store, "kept/sales/*/*/*/data.csv"), partition_format=FORMAT)
    assert files.get_partition_key_values() == [
        {"department": "sales", "day": datetime(2019, 1, 31)}, {"department": "sales", "day": datetime(2020, 2, 29)},
    ]  # fmt: skip
    assert files.get_partition_key_values(["department"]) == [{"department": "sales"}]
    again = files.register(workspace, "sales")
    assert Dataset.get_by_name(workspace, "sales").partition_keys == again.partition_keys == ["department", "day"]
    with pytest.raises(UserErrorException):
        files.get_partition_key_values(["month"])
    with pytest.raises(UserErrorException):
        Dataset.File.from_files(folder).get_partition_key_values()


def test_a_path_of_another_form_is_told_when_it_is_read(folder: Path) -> None:
    (folder / "data.csv").write_text("x\n1\n")
    with pytest.raises(UserErrorException, match="does not have the form"):
        Dataset.Tabular.from_delimited_files(folder / "data.csv", partition_format=FORMAT).to_pandas_dataframe()
