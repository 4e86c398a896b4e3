"""Both encodings: what they keep, and what they refuse."""

from __future__ import annotations

import math

import msgspec
import pytest

from runwatch.schema.error import ConflictError, InvalidValueError
from runwatch.schema.metric import ColumnType, Summary
from runwatch.schema.run import GetRun, UpdateRun
from runwatch.schema.wire import JSON, MSGPACK, decode, encode, error_of, failure_of


def test_messagepack_loses_nothing() -> None:
    summary = Summary(column="value", type=ColumnType.FLOAT, count=3, last=math.nan, max=math.inf, min_step=-(2**63))
    found = decode(encode(summary, MSGPACK), Summary, MSGPACK)
    assert repr(found) == repr(summary)


@pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**400, -(10**400), 255 * 2**64])
def test_integers_of_any_size_come_through_messagepack(number: int) -> None:
    request = UpdateRun(run_id="r", set_params={"p": [number, {"q": number}], "b": 1.5})
    assert decode(encode(request, MSGPACK), UpdateRun, MSGPACK) == request


@pytest.mark.parametrize("media", [JSON, MSGPACK])
def test_what_is_no_struct_is_refused(media: str) -> None:
    for data in (b"", b"\xc1", b"\xd4\x07\x00", b"[1]", b"nonsense", b'{"run_id": 3}'):
        with pytest.raises(InvalidValueError):
            decode(data, GetRun, media)


@pytest.mark.parametrize("media", [JSON, MSGPACK])
def test_half_a_surrogate_pair_is_refused(media: str) -> None:
    with pytest.raises(InvalidValueError, match="cannot be sent"):
        encode(GetRun(run_id="a\udcff"), media)


def test_a_foreign_extension_is_refused() -> None:
    data = msgspec.msgpack.encode({"run_id": "r", "set_params": {"p": msgspec.msgpack.Ext(9, b"x")}})
    with pytest.raises(InvalidValueError):
        decode(data, UpdateRun, MSGPACK)


def test_an_error_travels_whole() -> None:
    error = error_of(failure_of(ConflictError("Words.", hint="Hint.", key="k")))
    assert (type(error), error.message, error.hint, error.detail) == (ConflictError, "Words.", "Hint.", {"key": "k"})


def test_the_example_of_the_format_page() -> None:
    data = encode(UpdateRun(run_id="r", set_params={"p": 2**64}), MSGPACK)
    raw = msgspec.msgpack.decode(data)["set_params"]["p"]
    assert (raw.code, bytes(raw.data)) == (1, bytes.fromhex("00 00 00 00 00 00 00 00 01"))
