"""One typed column in memory: its values, which of them are there, and how columns of different types join."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, TypeAlias, TypeGuard

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from runwatch.series.error import ValuesError

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
Scalar: TypeAlias = float | int | bool | str | None
TypeName: TypeAlias = Literal["float", "int", "bool", "str", "mixed"]
Rows: TypeAlias = slice | IntArray

TYPES: Final[dict[str, TypeName]] = {"float": "float", "int": "int", "bool": "bool", "str": "str", "mixed": "mixed"}
"""The column types by name; a lookup also turns members of a string enumeration into plain strings."""

EXACT_INT: Final = 2**53
"""Every integer closer to zero than this is a float64 of the same value, and its float64 is closer to zero as well."""

FLOAT: Final = np.dtype("<f8")
INT: Final = np.dtype("<i8")
_DTYPES: Final[dict[str, np.dtype[Any]]] = {"float": FLOAT, "int": INT, "bool": np.dtype(np.bool_)}
_TEXTS: Final = msgspec.msgpack.Decoder(list[str | None])
_SCALARS: Final = msgspec.msgpack.Decoder(list[float | int | bool | str | None])


class Values(Struct, frozen=True, eq=False, gc=False):
    """The values of a column, without its name; do not write to the arrays.

    Attributes:
        type: One of `TYPES`.
        values: A float64, int64 or bool array, or a list for str and mixed. A row that lacks its value holds anything
            in an array, ``""`` in a list of texts and None in a mixed list.
        valid: False for rows that lack a value; None if all have one.
    """

    type: TypeName
    values: NDArray[Any] | list[Any]
    valid: BoolArray | None = None

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def from_wire(cls, type: str, data: bytes, valid: bytes, rows: int) -> Values:  # noqa: A002 - the wire's word
        """Read a column as `runwatch.schema.metric.Column` describes it; arrays stay views of ``data``.

        Raises:
            ValuesError: If type, lengths or content do not fit.
        """
        name = TYPES.get(type)
        if name is None:
            raise ValuesError(f"There is no column type {type!r}.")
        mask = _mask_from_wire(valid, rows) if valid else None
        if name == "str" or name == "mixed":
            return _texts(name, data, mask, rows)
        size = rows if name == "bool" else rows * 8
        if len(data) != size:
            raise ValuesError(f"A {name} column of {rows} rows takes {size} bytes, not {len(data)}.")
        if name == "bool":
            return cls(name, np.frombuffer(data, np.uint8) != 0, mask)
        return cls(name, np.frombuffer(data, _DTYPES[name]), mask)

    @classmethod
    def from_list(cls, items: Iterable[Scalar]) -> Values:
        """The column of the narrowest type that keeps every value as it is; None means that a row lacks its value.

        Integers among floats become floats where none is 2**53 or larger in magnitude (see `concat`).

        Raises:
            ValuesError: For other types, texts that are not Unicode, and integers beyond 64 bits.
        """
        values = list(items)
        kinds = {_kind(value) for value in values} - {None}
        name: TypeName = "mixed"
        if len(kinds) < 2:
            name = kinds.pop() or "float" if kinds else "float"
        elif kinds == {"int", "float"} and all(_exact(value) for value in values):
            name = "float"
        return _from_list(name, values)

    def to_wire(self) -> tuple[TypeName, bytes, bytes]:
        """Type, data and validity as `runwatch.schema.metric.Column` describes them."""
        valid = b"" if self.valid is None else self.valid.tobytes()
        if isinstance(self.values, list):
            return self.type, pack(self.values), valid
        return self.type, self.values.tobytes(), valid

    def select(self, rows: Rows) -> Values:
        """Only these rows, by a slice or an array of row numbers."""
        valid = None if self.valid is None else _compact(self.valid[rows])
        if not isinstance(self.values, list):
            return Values(self.type, self.values[rows], valid)
        if isinstance(rows, slice):
            return Values(self.type, self.values[rows], valid)
        return Values(self.type, [self.values[row] for row in rows.tolist()], valid)

    def to_list(self) -> list[Scalar]:
        """Python values, None where a row lacks its value."""
        values: list[Scalar] = self.values if isinstance(self.values, list) else self.values.tolist()
        if self.valid is None or self.type == "mixed":
            return list(values)
        return [value if there else None for value, there in zip(values, self.valid.tolist(), strict=True)]

    def present(self) -> int:
        """How many rows have a value."""
        return len(self.values) if self.valid is None else int(np.count_nonzero(self.valid))


def missing(type: str, rows: int) -> Values:  # noqa: A002 - the domain's word
    """A column that lacks the value of every row: what a table has where it did not have the column yet."""
    name = TYPES[type]
    valid = np.zeros(rows, np.bool_)
    if name == "str":
        return Values(name, [""] * rows, valid)
    if name == "mixed":
        return Values(name, [None] * rows, valid)
    return Values(name, np.zeros(rows, _DTYPES[name]), valid)


def concat(parts: Sequence[Values]) -> Values:
    """The rows of all parts (at least one) in order, as one column; no value becomes another number.

    Equal types stay. Integers among floats become floats, unless one is 2**53 or larger in magnitude. Any other mixture
    is mixed, where each value keeps the type it has in its part; what an earlier call turned into a float stays one. A
    part without any value takes the type of the others.
    """
    if len(parts) == 1:
        return parts[0]
    name = _common_type(parts)
    parts = [_convert(part, name) for part in parts]
    valid = None
    if any(part.valid is not None for part in parts):
        valid = _compact(np.concatenate([np.ones(len(p), np.bool_) if p.valid is None else p.valid for p in parts]))
    if name == "str" or name == "mixed":
        return Values(name, [value for part in parts for value in part.values], valid)
    return Values(name, np.concatenate([part.values for part in parts]), valid)


def join_type(a: TypeName, b: TypeName, *, exact: bool) -> TypeName:
    """The type of a column that has values of both types.

    Args:
        a: A type.
        b: Another.
        exact: Whether all integers of both are below `EXACT_INT` in magnitude.
    """
    if a == b:
        return a
    return "float" if exact and {a, b} == {"int", "float"} else "mixed"


def numeric(column: Values) -> tuple[FloatArray, BoolArray | None]:
    """The values as float64, and which rows are numbers or booleans (None: all of them).

    Where a row is no number, the array holds NaN. Integers from 2**53 on are rounded.
    """
    values, valid = column.values, column.valid
    if not isinstance(values, list):
        floats = values if column.type == "float" else values.astype(np.float64)
        return (floats, None) if valid is None else (np.where(valid, floats, np.nan), valid)
    if column.type == "str":
        return np.full(len(values), np.nan), np.zeros(len(values), np.bool_)
    numbers = np.array([is_number(value) for value in values], np.bool_)
    return np.array([float(value) if is_number(value) else np.nan for value in values], np.float64), numbers


def is_number(value: Scalar) -> TypeGuard[float | int]:
    """Whether a value counts as a number; booleans do, as 0 and 1."""
    return isinstance(value, float | int)


def pack(values: list[Any]) -> bytes:
    """A list of scalars as one MessagePack array.

    Raises:
        ValuesError: For an integer beyond 64 bits or a text that is not Unicode.
    """
    try:
        return msgspec.msgpack.encode(values)
    except (OverflowError, UnicodeEncodeError, TypeError) as error:
        raise ValuesError(f"A value cannot be stored: {error}.") from error


def unpack(type: TypeName, data: bytes) -> list[Any]:  # noqa: A002 - the domain's word
    """What `pack` made of a list of texts or of mixed scalars.

    Raises:
        ValuesError: If it is no array of such values.
    """
    try:
        return _TEXTS.decode(data) if type == "str" else _SCALARS.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValuesError(f"A {type} column cannot be read: {error}.") from error


def _texts(name: TypeName, data: bytes, mask: BoolArray | None, rows: int) -> Values:
    values = unpack(name, data)
    if len(values) != rows:
        raise ValuesError(f"A {name} column of {rows} rows has {len(values)} values.")
    return of_list(name, values, mask)


def of_list(name: TypeName, values: list[Any], mask: BoolArray | None) -> Values:
    """A str or mixed column of a list in which None stands for a missing value, besides those that the mask takes away.

    Raises:
        ValuesError: If a text is None that the mask says is there.
    """
    if mask is not None:
        blank = "" if name == "str" else None
        values = [value if there else blank for value, there in zip(values, mask.tolist(), strict=True)]
    if name == "mixed":
        mask = np.array([value is not None for value in values], np.bool_) if None in values else None
    elif None in values:
        raise ValuesError("A text is missing where its row is marked as having one.")
    return Values(name, values, mask)


def _mask_from_wire(valid: bytes, rows: int) -> BoolArray | None:
    if len(valid) != rows:
        raise ValuesError(f"The validity of {rows} rows takes {rows} bytes, not {len(valid)}.")
    return _compact(np.frombuffer(valid, np.uint8) != 0)


def _compact(valid: BoolArray) -> BoolArray | None:
    return None if valid.all() else valid


def _kind(value: object) -> TypeName | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    if isinstance(value, str):
        return "str"
    raise ValuesError(f"A column holds numbers, booleans and texts, not {type(value).__name__}.")


def _exact(value: Scalar) -> bool:
    return not isinstance(value, int) or -EXACT_INT < value < EXACT_INT


def _from_list(name: TypeName, values: list[Scalar]) -> Values:
    absent = None in values
    mask = np.array([value is not None for value in values], np.bool_) if absent else None
    if name == "str" or name == "mixed":
        pack(values)
        return of_list(name, values, mask)
    blank = False if name == "bool" else 0
    try:
        return Values(name, np.array([blank if value is None else value for value in values], _DTYPES[name]), mask)
    except OverflowError as error:
        raise ValuesError("An integer does not fit into 64 bits.") from error


def _common_type(parts: Sequence[Values]) -> TypeName:
    if all(part.type == parts[0].type for part in parts):
        return parts[0].type
    held = [part for part in parts if part.present()]
    if not held:
        return parts[0].type
    exact = all(_ints_exact(part) for part in held)
    name = held[0].type
    for part in held[1:]:
        name = join_type(name, part.type, exact=exact)
    return name


def _ints_exact(part: Values) -> bool:
    if part.type != "int" or isinstance(part.values, list):
        return True
    ints = part.values if part.valid is None else part.values[part.valid]
    return bool((ints > -EXACT_INT).all() and (ints < EXACT_INT).all())


def _convert(part: Values, name: TypeName) -> Values:
    if part.type == name:
        return part
    if not part.present():
        return missing(name, len(part))
    if name == "float" and not isinstance(part.values, list):
        return Values(name, part.values.astype(np.float64), part.valid)
    return Values("mixed", part.to_list(), part.valid)
