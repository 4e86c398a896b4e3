"""From text to tree: how words bind, what values mean, and what hostile texts cost."""

from __future__ import annotations

import math
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.metric import MetricColumn
from runwatch.schema.run import RunOrder
from runwatch.store.filter.order import parse_order
from runwatch.store.filter.parser import parse_filter
from runwatch.store.filter.tree import (
    All,
    Compare,
    Condition,
    Either,
    FigureField,
    Has,
    LabelField,
    Not,
    OwnField,
    depth,
    speaks_of,
)

NOW = 1_000_000_000.0
A, B, C = (Has(LabelField("tag", name)) for name in "abc")


def read(text: str) -> Condition | None:
    return parse_filter(text, NOW)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", None),
        (" \n\t", None),
        ("tags.a or tags.b and tags.c", Either((A, All((B, C))))),
        ("(tags.a or tags.b) and tags.c", All((Either((A, B)), C))),
        ("not tags.a and tags.b", All((Not(A), B))),
        ("not (tags.a and tags.b)", Not(All((A, B)))),
        ("((tags.a))", A),
        ("NOT tags.a", Not(A)),
        ("tags.a AND tags.b Or tags.c", Either((All((A, B)), C))),
        ("tags.and", Has(LabelField("tag", "and"))),
        ("tags.not-this", Has(LabelField("tag", "not-this"))),
        ("id in (a, b)", Either((Compare(OwnField("run_id"), "=", "a"), Compare(OwnField("run_id"), "=", "b")))),
        ("id not in (a)", All((Compare(OwnField("run_id"), "!=", "a"),))),
        ("archived", Compare(OwnField("hidden"), "=", 1.0)),
        ("metrics.loss", Has(FigureField(MetricColumn(metric="loss"), "last"))),
        ('metrics."a.b"["c d"].mean', Has(FigureField(MetricColumn(metric="a.b", column="c d"), "mean"))),
        ("metrics.min.max", Has(FigureField(MetricColumn(metric="min"), "max"))),
    ],
)
def test_trees(text: str, tree: Condition | None) -> None:
    assert read(text) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("number = 007", 7.0),
        ("number = -.5e1", -5.0),
        ("number = 1e999", math.inf),
        ("number = -Infinity", -math.inf),
        ("params.x = 1e-4", 1e-4),
        ('params.x = "1e-4"', "1e-4"),
        ("params.x = true", 1.0),
        ("params.x = 1_000", "1_000"),
        ("params.x = 1.2.3", "1.2.3"),
        ("params.x ~ 1", "1"),
        ("params.x = ١", "١"),
        ("tags.x = 1", "1"),
        ('name = "a\\"b\\\\c\\n\\u00e9"', 'a"b\\c\né'),
        ("name = 'it\\'s \"x\"'", 'it\'s "x"'),
        ('name = "\\ud83d\\ude00"', "😀"),
        ('name = "\\ud83d"', "?"),
        ('name = "\udce9"', "?"),
        ("name = a@b:c/d+e", "a@b:c/d+e"),
        ("status = running", "Running"),
        ("archived = TRUE", 1.0),
        ("created > now", NOW),
        ("created > -1w2d3h4m5s", NOW - 604_800 - 2 * 86_400 - 3 * 3_600 - 4 * 60 - 5),
        ("created > -1.5h", NOW - 5_400),
        ("created > 2001-09-09", 999_993_600.0),
        ("created > 2001-09-09T01:46:40Z", NOW),
        ("created > 2001-09-09t03:46:40.500+02:00", NOW + 0.5),
        ('created > "2001-09-09 01:46"', NOW - 40),
        ("duration > 90", 90.0),
        ("duration > 1h30m", 5_400.0),
        ("duration > inf", math.inf),
    ],
)
def test_values(text: str, value: float | str) -> None:
    found = read(text)
    assert isinstance(found, Compare)
    assert found.value == value


def test_what_a_condition_speaks_of() -> None:
    found = read("tags.a and not (id = a or archived = false)")
    assert found is not None
    assert speaks_of(found, "hidden")
    assert not speaks_of(found, "status")
    assert depth(found) == 3


def test_long_metric_names_are_found_as_they_are_recorded() -> None:
    found = read(f"metrics.{'x' * 2_000}.min")
    assert isinstance(found, Has)
    assert isinstance(found.field, FigureField)
    assert len(found.field.metric.metric) == 1_024


def test_orders() -> None:
    loss = MetricColumn(metric="loss")
    assert parse_order("-metrics.loss.min") == RunOrder(field="metric", metric=loss, stat="min", descending=True)
    assert parse_order(" - created ") == RunOrder(field="created_at", descending=True)
    assert parse_order('params."a b"') == RunOrder(field="param", key="a b", descending=False)
    assert parse_order("user") == RunOrder(field="submitted_by", descending=False)


@pytest.mark.parametrize(
    "text", ["", "-", "--created", "host", "created, name", "metrics", "tags.", "x", "name desc", "a" * 20_000]
)
def test_wrong_orders(text: str) -> None:
    with pytest.raises((InvalidValueError, LimitError)) as caught:
        parse_order(text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("params.lr = 0.01 and", "Write on at the end, or take its last word away."),
        ("params.lr =", "Write on at the end, or take its last word away."),
        ("params.lr = 0.01 &&", "Did you mean and?"),
        ("params.model = large one", "Quote names and values that have spaces or signs in them."),
    ],
)
def test_what_to_do_about_a_mistake(text: str, hint: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        read(text)
    assert caught.value.hint == hint


@pytest.mark.parametrize("text", ["(" * 4_990, "not " * 2_000, "(" * 64 + "not " * 3 + "id", "id = a and (" * 500])
def test_nesting_takes_no_stack(text: str) -> None:
    """It is refused at the first level that is too deep, with hardly any stack left."""

    def deeper(frames: int) -> None:
        if frames:
            deeper(frames - 1)
        else:
            read(text)

    read("id")  # the grammar is loaded once
    with pytest.raises(LimitError):
        deeper(sys.getrecursionlimit() - 300)


def test_many_threads_share_the_parser() -> None:
    texts = [f"number = {number} and ({'id = a or ' * (number % 7)}id = b)" for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, texts)) == [read(text) for text in texts]


def test_an_excerpt_stays_short_and_on_one_line() -> None:
    with pytest.raises(InvalidValueError) as caught:
        read("id = a and\n" * 50 + "stat\u2028us = x" + " or id = b" * 50)
    assert len(caught.value.message) < 200
    assert caught.value.message.isprintable()
