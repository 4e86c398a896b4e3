"""What every backend promises of filters that are wrong, hostile or too large: a typed error, or only a text."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

from typing import Final

import pytest

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.run import ListRuns
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import new_run, refused, run_ids

_WRONG: Final[list[tuple[str, int, str | None]]] = [
    ("stats = Failed", 1, "status"),
    ("token = x", 1, None),
    ("users.name = x", 1, "user"),
    ("status.name = x", 1, None),
    ("metrics.loss.mim < 0.3", 14, "min"),
    ("metrics.loss < low", 16, None),
    ('metrics.loss < "0.3"', 16, None),
    ("status = runing", 10, "Running"),
    ("status ~ run", 8, None),
    ("status < Failed", 8, None),
    ("created = 2026-11-01", 9, None),
    ("created > yesterday", 11, None),
    ("created > 2026-02-30", 11, None),
    ("duration > long", 12, None),
    ("number = x", 10, None),
    ("archived = perhaps", 12, None),
    ("name like x", 6, "~"),
    ("name <> x", 6, "!="),
    ("status:failed", 7, "="),
    ("tags.fold > 3", 13, None),
    ("tags", 1, None),
    ("metrics", 1, None),
    ("metrics.a.b.c", 13, None),
    ("(id = a", 8, None),
    ("id = a)", 7, None),
    ("id = a && id = b", 8, "and"),
    ("id =", 5, None),
    ("id in ()", 8, None),
    ('id = "a', 6, None),
    ('id = "\\q"', 7, None),
    ("not", 4, None),
    ("and", 1, None),
    ("lr-0.1 = 3", 1, None),
    ("name resnet", 6, None),
    ("tags.owner resnet", 12, None),
    ("status running", 8, None),
    ("resnet status = Failed", 15, None),
    ('x"y"', 2, None),
    ("resnet in class", 11, None),
    ("-resnet", 1, None),
]
"""Filters that are refused, the column that the error names, and the nearest word where there is one."""

_HOSTILE: Final = [
    "' OR '1'='1",
    "'; DROP TABLE runs; --",
    '" OR 1=1 --',
    "x') UNION SELECT token FROM runs --",
    "(SELECT token FROM runs)",
    "%",
    "_",
    "\\",
    "*[a-z]?",
    ":id",
    "%(x)s",
    "{0.__class__}",
    "__import__('os').system('true')",
    "\0",
    "\udce9",
    "\u202e",
    "${jndi:ldap://x}",
]

_CODE: Final = [
    "id.__class__.__mro__",
    "name.format_map(x)",
    "().__class__",
    "(lambda: 1)()",
    "lambda: 1",
    "eval(1)",
    "id = eval(1)",
    "f'{id}'",
    "{0.__class__}",
    "id = a; DROP TABLE runs",
    "id = a -- x",
    "1 = 1",
    "id = id or 1 = 1",
    "status = Failed union select",
    "ｓｔａｔｕｓ = Failed",
    "st\u0430tus = Failed",  # with a Cyrillic a
    "id = “a”",
    "id\u200b = a",
    "exists (select 1)",
    "@x = 1",
    "id = ?",
]


class HostileFilterContract(Contract):
    """Whatever a filter says: a typed error, or a text that only means itself."""

    @pytest.mark.parametrize(("text", "column", "close"), _WRONG)
    def test_what_is_wrong_is_refused_with_its_place(
        self, store: Store, text: str, column: int, close: str | None
    ) -> None:
        with refused(InvalidValueError) as caught:
            run_ids(store, filter=text)
        assert caught.value.detail["column"] == column
        assert caught.value.detail.get("nearest") == close
        assert f"at column {column} of the filter" in caught.value.message
        assert caught.value.hint
        assert close is None or close in caught.value.hint

    def test_an_error_says_one_thing_and_its_hint_another(self, store: Store) -> None:
        with refused(InvalidValueError) as caught:
            run_ids(store, filter="lr-0 = 1")
        assert caught.value.message == '"lr-0" is no field of a run, at column 1 of the filter (lr-0 = 1).'
        assert caught.value.hint is not None
        assert caught.value.hint.startswith("Use one of id, number, experiment, name, ")
        assert caught.value.hint.endswith(" A parameter is written params.lr-0, a metric metrics.lr-0.")

    @pytest.mark.parametrize("text", _CODE)
    def test_code_is_refused(self, store: Store, text: str) -> None:
        new_run(store, run_id="a")
        with refused(InvalidValueError):
            run_ids(store, filter=text)
        assert run_ids(store) == ["a"]

    @pytest.mark.parametrize("text", _HOSTILE, ids=range(len(_HOSTILE)))
    def test_quoted_texts_are_only_texts(self, store: Store, text: str) -> None:
        """In the place of every value and every name; the run that has this text is found, and no other."""
        new_run(store, run_id="plain", name="x", tags={"k": "x"}, params={"k": "x"})
        new_run(
            store, run_id="same", name=text, tags={"k": text, text: "x"}, params={"k": text, text: "x"},
            properties={"k": text}, target=text, host=text,
        )  # fmt: skip
        quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for field in ("name", "tags.k", "params.k", "properties.k", "target", "host"):
            assert run_ids(store, filter=f"{field} = {quoted}") == ["same"]
            assert run_ids(store, filter=f"{field} ~ {quoted}") == ["same"]
            assert run_ids(store, filter=f"{field} in ({quoted})") == ["same"]
        for field in (f"tags.{quoted}", f"params.{quoted}"):
            assert run_ids(store, filter=field) == ["same"]
            assert run_ids(store, filter=f"{field} = x") == ["same"]
        for field in ("id", "experiment", "type", "user", "parent", "root"):
            assert run_ids(store, filter=f"{field} = {quoted}") == []
        assert run_ids(store, filter=f"metrics.{quoted}[{quoted}].min < 1") == []
        assert sorted(run_ids(store)) == ["plain", "same"]

    @pytest.mark.parametrize("text", _HOSTILE, ids=range(len(_HOSTILE)))
    def test_bare_texts_change_nothing(self, store: Store, text: str) -> None:
        new_run(store, run_id="a")
        for place in (
            "{}",
            "{} = x",
            "tags.{}",
            "tags.{} = x",
            "name = {}",
            "name {} x",
            "metrics.loss.{} < 1",
            "id in ({})",
        ):
            try:
                found = run_ids(store, filter=place.replace("{}", text))
            except InvalidValueError:
                continue
            assert found in ([], ["a"])
        assert run_ids(store) == ["a"]

    @pytest.mark.parametrize(
        "text",
        [
            "x" * (limit.FILTER_CHARS + 1),
            "id = a or " * 200_000,
            "(" * 10_000 + "id" + ")" * 10_000,
            "(" * 65 + "id" + ")" * 65,
            "(" * 4_990,
            "not " * 65 + "id",
            "not (" * 33 + "id" + ")" * 33,
            "(id = a or id = b and " * 33 + "id = c" + ")" * 33,
            " or ".join(["id"] * 201),
            "x " * 201,
            '"x" ' * 201,
            "x " * 101 + "and " + "x " * 101,
            "id in (" + ",".join(["a"] * 201) + ")",
        ],
        ids=range(13),
    )
    def test_what_asks_too_much_is_refused(self, store: Store, text: str) -> None:
        with refused(LimitError) as caught:
            store.runs.list(ListRuns(filter=text))
        assert caught.value.hint
