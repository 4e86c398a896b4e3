"""What every backend promises of the filter language: each field, each comparison, and what is missing."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

import math
import time
from typing import Any, Final

import pytest

from runwatch.schema.run import MetricCondition, RunOrder, RunStatus, UpdateRun
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.run_list import LOSS
from runwatch.testing.sample import Writer, new_run, run_ids, scalars, table

_OWN: Final[list[tuple[str, str]]] = [
    ("id = a", "a"),
    ("id != a", "bc"),
    ("id in (a, c, none)", "ac"),
    ("id not in (a, c)", "b"),
    ("number = 1", "ac"),
    ("number >= 2", "b"),
    ('experiment = "digits"', "ab"),
    ("experiment ~ DIG", "ab"),
    ("experiment != digits", "c"),
    ("experiment = none", ""),
    ('name ~ "resnet"', "ab"),
    ('name = "ResNet-50"', "a"),
    ("name", "ab"),
    ("status = Failed", "b"),
    ("status = failed or status in (Running, Queued)", "abc"),
    ("status != Failed", "ac"),
    ("status not in (Failed, Running)", "c"),
    ("target = local", "a"),
    ("target != local", "b"),
    ("not target = local", "bc"),
    ("type = script", "a"),
    ("user = ada", "b"),
    ("host = node1", "b"),
    ("parent = a", "b"),
    ("parent", "b"),
    ("root = a", "ab"),
    ("created > 2023-11-01", "bc"),
    ("created >= 2023-11-01T00:00:00Z and created < 2023-11-03", "b"),
    ('created < "2023-11-02 01:00+02:00"', "ab"),
    ("created <= -1h", "abc"),
    ("created > now", ""),
    ("started", "ab"),
    ("ended < 2023-11-03", "b"),
    ("duration > 2h", "ab"),
    ("duration = 10800", "b"),
    ("duration <= 3h", "b"),
    ("duration < 2h30m or duration = 3h", "b"),
]
"""Filters over the three runs of `_three`, and the ids that match."""

_LABELS: Final[list[tuple[str, str]]] = [
    ("tags.owner", "ab"),
    ("not tags.owner", "c"),
    ('tags.owner = "vision"', "a"),
    ('tags.owner != "vision"', ""),
    ('not tags.owner = "vision"', "bc"),
    ("tags.fold = 3", "a"),
    ('tags.fold < "4"', "a"),
    ("tags.OWNER", ""),
    ('tags."two words" ~ "%"', "b"),
    ('tags."two words" ~ "50%_o"', "b"),
    ('tags."two words" ~ "5_%"', ""),
    ("tags.and = or", "c"),
    ('properties."azureml.git.commit" = "c0ffee"', "b"),
    ("properties.azureml.git.commit = c0ffee", "b"),
    ("params.lr = 0.01", "a"),
    ("params.lr >= 1e-4 and not tags.owner", ""),
    ("params.lr < inf", "ab"),
    ("params.lr != 0.01", "b"),
    ('params.lr = "0.01"', "c"),
    ("params.lr", "abc"),
    ('params.optimizer != "adam"', "b"),
    ("params.optimizer = adam", "a"),
    ('params.optimizer ~ "AD"', "a"),
    ('params.optimizer > "adam"', "b"),
    ("params.optimizer < 5", ""),
    ("params.nested = 1", ""),
    ("params.nested", "a"),
    ("params.flag = true", "a"),
    ("params.flag = 1", "a"),
    ('params.flag = "true"', "b"),
    ("params.flag != false", "a"),
    ("params.nan = nan", ""),
    ("params.nan != 1", ""),
    ("not params.nan = 1", "abc"),
    ("params.model.width = 64", "c"),
]

_FIGURES: Final[list[tuple[str, str]]] = [
    ("metrics.loss.min < 0.3", "a"),
    ("metrics.loss.max >= 4", "ab"),
    ("metrics.loss.last = 2", "a"),
    ("metrics.loss = 2", "a"),
    ("metrics.loss.first = 4", "a"),
    ("metrics.loss.count = 3", "a"),
    ("metrics.loss.mean = 2.08203125", "a"),
    ("metrics.loss.mean > 4", "b"),
    ("metrics.loss.last > 0", "a"),
    ("metrics.loss.last != 2", ""),
    ("not metrics.loss.last = 2", "bc"),
    ("metrics.loss.max != 4", "b"),
    ("metrics.loss.max = nan", ""),
    ("metrics.loss", "a"),
    ("metrics.loss.count", "ab"),
    ('metrics."val/acc".last > 0.9', "a"),
    ("metrics.val/acc > 0.9", "a"),
    ('metrics."Cosine Wave"[cos].max > 0.5', "b"),
    ('metrics."Cosine Wave"["a b"].last = true', "b"),
    ('metrics."Cosine Wave"', ""),
    ("metrics.text = 1", ""),
    ("metrics.text.count = 1", "c"),
    ("metrics.high = inf", "c"),
    ("metrics.high.last > 1e308", "c"),
    ("metrics.high.mean", ""),
]


_WORDS: Final[list[tuple[str, str]]] = [
    ("lr-0.1", "a"),
    ("LR-0.", "ab"),
    ("0.1", "a"),
    ("lr-0.1 resnet", ""),
    ("resnet lr-0.03", "b"),
    ("lr-0.03   RESNET\n", "b"),
    ('"my resnet"', "bc"),
    ("'my resnet' lr", "b"),
    ("type", "abcd"),
    ('"type"', "d"),
    ("net or type-a", "bcd"),
    ("not resnet", "ad"),
    ("lr and not resnet", "a"),
    ('(lr-0.1) and experiment in ("digits")', "a"),
    ("a+b@c", "d"),
    ("b a+", "d"),
    ("#7", "d"),
    ("+b", "d"),
    ("true", ""),
    ("__class__", ""),
    ("_r-0", ""),
]
"""Words alone, over the four runs of `_named`, and the ids that match."""


def _three(store: Store) -> None:
    """Three runs of 30 October, 1 and 3 November 2023."""
    first, second, third = 1_698_700_000.0, 1_698_800_000.0, 1_699_000_000.0
    new_run(
        store, "digits", run_id="a", created_at=first, status=RunStatus.RUNNING, name="x", display_name="ResNet-50",
        target="local", type="script", tags={"owner": "vision", "fold": "3"},
        params={"lr": 0.01, "optimizer": "adam", "nested": [1], "flag": True, "nan": math.nan},
    )  # fmt: skip
    new_run(
        store, "digits", run_id="b", created_at=second, status=RunStatus.RUNNING, name="my resnet", target="gpu",
        submitted_by="ada", host="node1", parent_run_id="a", tags={"owner": None, "two words": "50%_off"},
        properties={"azureml.git.commit": "c0ffee"}, params={"lr": 1, "optimizer": "sgd", "flag": "true"},
    )  # fmt: skip
    store.runs.update(UpdateRun(run_id="b", status=RunStatus.FAILED, at=second + 10_800))
    params = {"lr": "0.01", "model.width": 64}
    new_run(store, "other", run_id="c", created_at=third, status=RunStatus.QUEUED, tags={"and": "or"}, params=params)


def _named(store: Store) -> None:
    names = {"a": "lr-0.1", "b": "my resnet lr-0.03", "c": "old", "d": "type-a a+b@c #7"}
    for run_id, name in names.items():
        shown = "My ResNet" if run_id == "c" else None
        new_run(store, "digits", run_id=run_id, name=name, display_name=shown, type="script")


def _figures(store: Store) -> None:
    for run_id in "abc":
        new_run(store, run_id=run_id)
    Writer(store, "a").append(scalars("loss", [4.0, 0.24609375, 2.0]), scalars("val/acc", [0.5, 0.95]))
    Writer(store, "b").append(
        scalars("loss", [5.0, math.nan]), table("Cosine Wave", {"cos": [0.1, 0.9, 0.2], "a b": [False, False, True]})
    )
    Writer(store, "c").append(scalars("text", ["x"]), scalars("high", [math.inf]))


def _ids(store: Store, text: str, **more: Any) -> str:
    return "".join(sorted(run_ids(store, filter=text, **more)))


class FilterContract(Contract):
    """Filters as ``docs/query.md`` describes them."""

    def test_by_the_run_itself(self, store: Store) -> None:
        _three(store)
        assert [(text, _ids(store, text)) for text, _ in _OWN] == _OWN

    def test_words_alone_are_looked_for_in_names(self, store: Store) -> None:
        _named(store)
        assert [(text, _ids(store, text)) for text, _ in _WORDS] == _WORDS

    def test_by_labels(self, store: Store) -> None:
        _three(store)
        assert [(text, _ids(store, text)) for text, _ in _LABELS] == _LABELS

    def test_by_figures(self, store: Store) -> None:
        _figures(store)
        assert [(text, _ids(store, text)) for text, _ in _FIGURES] == _FIGURES

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("id = a or id = b and id = c", "a"),
            ("(id = a or id = b) and id = b", "b"),
            ("not id = a and not id = b", "c"),
            ("NOT (id = a Or id = b)", "c"),
            ("not not id = a", "a"),
            ("not (tags.none = x and id = a)", "abc"),
            ("  \n ", "abc"),
            ("", "abc"),
            ("id='a'\nor\tid==\"b\"", "ab"),
            ("(" * 64 + "id = a" + ")" * 64, "a"),
            ("not " * 64 + "id = a", "a"),
            (" or ".join(["id = a"] * 200), "a"),
            ("id in (" + ", ".join(["a"] * 200) + ")", "a"),
            ("(not id = b and (id = c or " * 32 + "id = a" + "))" * 32, "ac"),
        ],
        ids=range(14),
    )
    def test_and_or_not_and_parentheses(self, store: Store, text: str, expected: str) -> None:
        for run_id in "abc":
            new_run(store, run_id=run_id)
        assert _ids(store, text) == expected

    def test_archived_runs_are_shown_to_who_asks_for_them(self, store: Store) -> None:
        new_run(store, run_id="a")
        new_run(store, run_id="b")
        store.runs.update(UpdateRun(run_id="b", hidden=True))
        assert _ids(store, "id in (a, b)") == "a"
        assert _ids(store, "archived = true") == "b"
        assert _ids(store, "archived") == "b"
        assert _ids(store, "archived = false") == "a"
        assert _ids(store, "archived or id = a") == "ab"
        assert _ids(store, "id in (a, b)", hidden=True) == "ab"

    def test_relative_times_count_from_now(self, store: Store) -> None:
        now = time.time()
        for run_id, days in (("a", 1), ("b", 6), ("c", 8)):
            new_run(store, run_id=run_id, created_at=now - days * 86_400, status=RunStatus.RUNNING)
        assert _ids(store, "created > -7d") == "ab"
        assert _ids(store, "created < -1w") == "c"
        assert _ids(store, "started > -1d1h") == "a"
        assert _ids(store, "duration > 5d") == "bc"

    def test_a_filter_goes_with_the_other_conditions(self, store: Store) -> None:
        _three(store)
        assert _ids(store, "tags.owner", statuses=(RunStatus.FAILED,)) == "b"
        assert _ids(store, "tags.owner", tags={"fold": "3"}) == "a"
        assert _ids(store, "tags.owner", parent_run_id="a") == "b"
        high = MetricCondition(metric=LOSS, op=">", value=0.0)
        assert _ids(store, "tags.owner", conditions=(high,)) == ""

    def test_a_filtered_list_is_sorted_and_paged(self, store: Store) -> None:
        for number, loss in enumerate([3.0, 1.0, math.nan, 2.0, 5.0]):
            new_run(store, run_id=f"r{number}", tags={"k": "v"} if number < 4 else {})
            Writer(store, f"r{number}").append(scalars("loss", [loss]))
        order = RunOrder(field="metric", metric=LOSS, descending=False)
        for rows in (1, 2, 100):
            assert run_ids(store, filter="tags.k = v", order=order, limit=rows) == ["r1", "r3", "r0", "r2"]

    def test_long_texts_are_told_apart(self, store: Store) -> None:
        new_run(store, run_id="a", params={"k": "x" * 900 + "a"}, tags={"k": "x\0a"})
        new_run(store, run_id="b", params={"k": "x" * 900 + "b"}, tags={"k": "x\0b"})
        assert _ids(store, f"params.k = {'x' * 900}b") == "b"
        assert _ids(store, 'tags.k = "x\\u0000b"') == "b"

    def test_params_that_change_are_found_by_what_they_are(self, store: Store) -> None:
        new_run(store, run_id="a", params={"k": 1})
        store.runs.update(UpdateRun(run_id="a", set_params={"k": "one"}))
        assert (_ids(store, "params.k = 1"), _ids(store, "params.k = one")) == ("", "a")
        Writer(store, "a").append(params={"k": 2})
        assert (_ids(store, "params.k = 2"), _ids(store, "params.k = one")) == ("a", "")
