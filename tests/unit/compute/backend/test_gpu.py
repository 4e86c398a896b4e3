"""How GPUs are shared out."""

from __future__ import annotations

import pytest

from runwatch.compute.backend.gpu import find_gpus, share

FOUR = ("0", "1", "2", "3")


@pytest.mark.parametrize(
    ("wanted", "slots", "taken", "given"),
    [
        (None, 2, (), ("0", "1")),
        (None, 2, ("0", "1"), ("2", "3")),
        (None, 2, ("0", "1", "2", "3"), None),
        (None, 1, (), FOUR),
        (None, 3, (), ("0",)),
        (None, 0, (), FOUR),
        (None, 8, ("0", "1", "2"), ("3",)),
        (None, 8, ("0", "1", "2", "3", "0"), ("1",)),
        (2, 4, ("0",), ("1", "2")),
        (2, 4, ("0", "1", "3"), None),
        (0, 4, FOUR, ()),
    ],
)
def test_share(wanted: int | None, slots: int, taken: tuple[str, ...], given: tuple[str, ...] | None) -> None:
    assert share(FOUR, wanted, slots, taken) == given


@pytest.mark.parametrize(("text", "names"), [("0, 1", ("0", "1")), ("", ()), ("GPU-a,", ("GPU-a",))])
def test_the_variable_names_them(text: str, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    assert find_gpus() == ("7",)
    monkeypatch.setenv("RUNWATCH_GPUS", text)
    assert find_gpus() == names
