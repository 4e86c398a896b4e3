"""The examples of ``docs/query.md`` do what it says, and it tells of every field, figure and limit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import RunOrder
from runwatch.store.filter.field import LABELS, METRICS, OWN, STATS
from runwatch.store.filter.order import SORTABLE, parse_order
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, new_run, run_ids, scalars

TEXT = (Path(__file__).parents[4] / "docs" / "query.md").read_text(encoding="utf-8")
TRUTHS = re.findall(r"^\| `([^|]+)` \| (yes|no) \| (yes|no) \| (yes|no) \|$", TEXT, flags=re.MULTILINE)


def examples(language: str) -> list[str]:
    blocks = re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SqlStore(tmp_path / "workspace")
    new_run(made, run_id="a", params={"lr": 0.1})
    new_run(made, run_id="b", params={"lr": "high"})
    new_run(made, run_id="c")
    Writer(made, "a").append(scalars("loss", [0.5]))
    Writer(made, "b").append(scalars("loss", [math.nan]))
    yield made
    made.close()


def test_examples_are_filters_and_orders(store: Store) -> None:
    assert len(examples("filter")) > 15
    for example in examples("filter"):
        found, rest = run_ids(store, filter=example), run_ids(store, filter=f"not ({example})", hidden=True)
        assert sorted(found + rest) == ["a", "b", "c"], example
    assert len(examples("order")) > 5
    for example in examples("order"):
        assert sorted(run_ids(store, order=parse_order(example))) == ["a", "b", "c"]


def test_what_is_missing_is_told_as_it_is(store: Store) -> None:
    assert len(TRUTHS) > 10
    for text, *answers in TRUTHS:
        expected = [name for name, answer in zip("abc", answers, strict=True) if answer == "yes"]
        assert run_ids(store, filter=text, order=RunOrder(descending=False)) == expected, text


def test_the_mistake_it_shows_is_the_one_that_is_made(store: Store) -> None:
    with pytest.raises(InvalidValueError) as caught:
        run_ids(store, filter="metrics.loss.mim < 0.3")
    assert f"```\n{caught.value.message}\n{caught.value.hint}\n```" in TEXT


def test_it_names_every_field_figure_and_limit() -> None:
    table = TEXT.split("## Fields")[1].split("## Comparisons")[0]
    grammar = TEXT.split("```ebnf")[1]
    for name in OWN:
        assert f"`{name}`" in table
        assert f'"{name}"' in grammar
    for name in (METRICS, *LABELS):
        assert f"`{name}.NAME" in table
        assert f'"{name}"' in grammar
    for stat in STATS:
        assert f"`{stat}`" in table
        assert f'"{stat}"' in grammar
    sorting = TEXT.split("## Sorting")[1].split("## Mistakes")[0]
    assert all(f"`{name}`" in sorting for name in SORTABLE)
    limits = TEXT.split("## Mistakes")[1]
    for number in (limit.FILTER_CHARS, limit.FILTER_TERMS, limit.FILTER_DEPTH):
        assert f"{number:,}" in limits
