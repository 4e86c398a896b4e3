"""What people type after --columns, --where, --sort, --status and --tag."""

from __future__ import annotations

import pytest

from runwatch.cli.column import (
    Label,
    MetricFigure,
    parse_column,
    parse_columns,
    parse_condition,
    parse_labels,
    parse_order,
    parse_statuses,
)
from runwatch.schema.error import InvalidValueError
from runwatch.schema.metric import MetricColumn
from runwatch.schema.run import RunStatus


@pytest.mark.parametrize(
    ("typed", "metric", "column", "stat"),
    [
        ("loss", "loss", "value", "last"),
        ("loss.min", "loss", "value", "min"),
        ("train/loss.v2", "train/loss.v2", "value", "last"),
        ("train/loss.v2.max", "train/loss.v2", "value", "max"),
        ("wave[cos].max", "wave", "cos", "max"),
        ("m.p.x", "m.p.x".removeprefix("m."), "value", "last"),
        ("  loss.count ", "loss", "value", "count"),
    ],
)
def test_metric_columns(typed: str, metric: str, column: str, stat: str) -> None:
    found = parse_column(typed)
    assert isinstance(found, MetricFigure)
    assert (found.metric.metric, found.metric.column, found.stat) == (metric, column, stat)


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("p.lr", "param", "lr"),
        ("param.a.b", "param", "a.b"),
        ("tag.team", "tag", "team"),
        ("property.x", "property", "x"),
    ],
)
def test_labels(typed: str, kind: str, name: str) -> None:
    found = parse_column(typed)
    assert isinstance(found, Label)
    assert (found.kind, found.name) == (kind, name)


def test_several_columns_with_commas() -> None:
    assert [column.title for column in parse_columns(["loss.min, p.lr", "acc"])] == ["loss.min", "p.lr", "acc"]


@pytest.mark.parametrize(
    ("typed", "metric", "stat", "op", "value"),
    [
        ("loss.min<0.3", "loss", "min", "<", 0.3),
        ("loss.min <= 3e-1", "loss", "min", "<=", 0.3),
        ("acc>=-1", "acc", "last", ">=", -1.0),
        ("acc.max==1", "acc", "max", "=", 1.0),
        ("acc!=inf", "acc", "last", "!=", float("inf")),
    ],
)
def test_conditions(typed: str, metric: str, stat: str, op: str, value: float) -> None:
    found = parse_condition(typed)
    assert (found.metric, found.stat, found.op, found.value) == (MetricColumn(metric=metric), stat, op, value)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "loss",
        "loss<",
        "<3",
        "loss<abc",
        "loss<nan",
        "loss=<3",
        "loss<3<4 or x",
        "p.lr<3",
        "loss<3;drop",
        "loss<3 4",
    ],
)
def test_what_is_no_condition_is_refused(typed: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_condition(typed)
    assert caught.value.hint


def test_orders() -> None:
    assert (parse_order("created").field, parse_order("created").descending) == ("created_at", False)
    assert (parse_order("-ended").field, parse_order("-ended").descending) == ("ended_at", True)
    order = parse_order("-loss.min")
    assert (order.field, order.metric, order.stat, order.descending) == (
        "metric",
        MetricColumn(metric="loss"),
        "min",
        True,
    )


@pytest.mark.parametrize(
    ("typed", "field", "key"),
    [
        ("p.lr", "param", "lr"),
        ("-param.a.b", "param", "a.b"),
        ("params.lr", "param", "lr"),
        ("tag.team", "tag", "team"),
        ('-tags."two words"', "tag", "two words"),
        ("property.x", "property", "x"),
        ("-duration", "duration", ""),
        ("user", "submitted_by", ""),
    ],
)
def test_orders_by_labels_and_fields(typed: str, field: str, key: str) -> None:
    order = parse_order(typed)
    assert (order.field, order.key, order.descending) == (field, key, typed.startswith("-"))


@pytest.mark.parametrize(
    ("typed", "metric", "stat"),
    [
        ("metrics.loss.min", "loss", "min"),
        ("-metrics.wave[cos].max", "wave", "max"),
        ("loss", "loss", "last"),
        ("loss.mean", "loss", "mean"),
        ("m.metrics.x.min", "metrics.x", "min"),
        ("val/acc.max", "val/acc", "max"),
    ],
)
def test_orders_by_metrics(typed: str, metric: str, stat: str) -> None:
    order = parse_order(typed)
    assert order.metric is not None
    assert (order.field, order.metric.metric, order.stat) == ("metric", metric, stat)


@pytest.mark.parametrize("typed", ["", "-", "host", "metrics.loss.mim", "tags"])
def test_wrong_orders_are_refused(typed: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_order(typed)
    assert caught.value.hint


def test_statuses_in_any_case_and_groups() -> None:
    assert parse_statuses(["failed,COMPLETED", "failed"]) == (RunStatus.FAILED, RunStatus.COMPLETED)
    assert RunStatus.RUNNING in parse_statuses(["active"])
    assert set(parse_statuses(["ended"])) == {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELED}
    with pytest.raises(InvalidValueError, match="runing"):
        parse_statuses(["runing"])


def test_tags_as_typed() -> None:
    assert parse_labels(["team=vision", "a=b=c", "flag", "empty="]) == {
        "team": "vision",
        "a": "b=c",
        "flag": None,
        "empty": "",
    }
    with pytest.raises(InvalidValueError):
        parse_labels(["=value"])
