from __future__ import annotations

import numpy as np
import pytest

from runwatch.series.column import Scalar, Values, concat, missing, numeric
from runwatch.series.error import ValuesError


@pytest.mark.parametrize(
    ("items", "kind"),
    [
        ([1.5, 2.0], "float"),
        ([1, 2], "int"),
        ([True, False], "bool"),
        (["", "a"], "str"),
        ([1, 2.5], "float"),
        ([2**53, 2.5], "mixed"),
        ([True, 1], "mixed"),
        ([1, "a"], "mixed"),
        ([None, None], "float"),
        ([None, "a"], "str"),
        ([], "float"),
        ([2**63 - 1, -(2**63)], "int"),
        ([2**64 - 1, "a"], "mixed"),
    ],
)
def test_a_list_takes_the_narrowest_type_that_loses_nothing(items: list[Scalar], kind: str) -> None:
    column = Values.from_list(items)
    assert column.type == kind
    assert column.to_list() == items
    assert column.present() == sum(item is not None for item in items)


@pytest.mark.parametrize("items", [[2**63], [2**64, "a"], ["\ud800"], [1j], [[1]], [b"x"]])
def test_a_list_refuses_what_no_column_holds(items: list[Scalar]) -> None:
    with pytest.raises(ValuesError):
        Values.from_list(items)


@pytest.mark.parametrize(
    ("kind", "data", "valid", "rows"),
    [
        ("float", b"\0" * 15, b"", 2),
        ("int", b"\0" * 24, b"", 2),
        ("bool", b"\0", b"", 2),
        ("float", b"\0" * 16, b"\1", 2),
        ("str", b"\x91\xa1a", b"", 2),
        ("str", b"\x92\xa1a\x01", b"", 2),
        ("str", b"\x92\xa1a\xc0", b"", 2),
        ("str", b"\x92\xa1a", b"", 2),
        ("str", b"\x92\xa1a\xa1\xff", b"", 2),
        ("mixed", b"\x92\x01\x90", b"", 2),
        ("mixed", b"", b"", 2),
        ("mixed", b"\x91" * 10_000, b"", 1),
        ("object", b"", b"", 0),
    ],
)
def test_wire_data_that_contradicts_itself_is_refused(kind: str, data: bytes, valid: bytes, rows: int) -> None:
    with pytest.raises(ValuesError):
        Values.from_wire(kind, data, valid, rows)


def test_a_missing_text_may_be_nil_on_the_wire_where_it_is_marked_so() -> None:
    column = Values.from_wire("str", b"\x92\xa1a\xc0", b"\1\0", 2)
    assert column.to_list() == ["a", None]
    assert column.to_wire() == ("str", b"\x92\xa1a\xa0", b"\1\0")


def test_validity_that_is_true_everywhere_is_dropped() -> None:
    column = Values.from_wire("int", np.arange(3).tobytes(), b"\1\1\1", 3)
    assert column.valid is None
    assert column.to_wire()[2] == b""


def test_mixed_values_mark_none_as_missing() -> None:
    column = Values.from_wire("mixed", Values.from_list([1, None, "a", None]).to_wire()[1], b"\1\1\0\1", 4)
    assert column.to_list() == [1, None, None, None]
    assert column.to_wire()[2] == b"\1\0\0\0"
    assert column.select(slice(0, 1)).valid is None


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ([[1], [2]], "int"),
        ([[1], [2.5]], "float"),
        ([[2**53 - 1], [2.5]], "float"),
        ([[2**53], [2.5]], "mixed"),
        ([[-(2**53)], [2.5]], "mixed"),
        ([[1], [2.5], [True]], "mixed"),
        ([["a"], [1]], "mixed"),
        ([[None], ["a"]], "str"),
        ([["a"], [None], [1]], "mixed"),
        ([[None], [None]], "float"),
    ],
)
def test_joined_columns_take_a_type_that_loses_nothing(parts: list[list[Scalar]], kind: str) -> None:
    joined = concat([Values.from_list(part) for part in parts])
    assert joined.type == kind
    assert joined.to_list() == [value for part in parts for value in part]


def test_mixed_keeps_the_type_of_each_value() -> None:
    joined = concat([Values.from_list([1]), Values.from_list([1.0]), Values.from_list([True])])
    assert [type(value) for value in joined.to_list()] == [int, float, bool]


def test_a_large_integer_under_a_missing_row_does_not_count() -> None:
    ints = Values("int", np.array([1, 2**60]), np.array([True, False]))
    assert concat([ints, Values.from_list([0.5])]).to_list() == [1.0, None, 0.5]


@pytest.mark.parametrize("kind", ["float", "int", "bool", "str", "mixed"])
def test_missing_columns_have_no_values(kind: str) -> None:
    column = missing(kind, 3)
    assert column.to_list() == [None] * 3
    assert column.present() == 0
    assert Values.from_wire(*column.to_wire(), 3).to_list() == [None] * 3


def test_rows_are_selected_by_slice_and_by_number() -> None:
    for items in ([1, None, 3], ["a", None, "c"], [1, None, "c"]):
        column = Values.from_list(items)
        assert column.select(slice(1, 3)).to_list() == items[1:]
        assert column.select(np.array([2, 0])).to_list() == [items[2], items[0]]


@pytest.mark.parametrize(
    ("items", "figures", "numbers"),
    [
        ([1.5, 2.5], [1.5, 2.5], None),
        ([1, None], [1.0, np.nan], [True, False]),
        ([True, False], [1.0, 0.0], None),
        (["a", "b"], [np.nan, np.nan], [False, False]),
        ([1, "a", True, None, np.nan], [1.0, np.nan, 1.0, np.nan, np.nan], [True, False, True, False, True]),
    ],
)
def test_numbers_of_a_column(items: list[Scalar], figures: list[float], numbers: list[bool] | None) -> None:
    found, mask = numeric(Values.from_list(items))
    np.testing.assert_array_equal(found, figures)
    assert (None if mask is None else mask.tolist()) == numbers
