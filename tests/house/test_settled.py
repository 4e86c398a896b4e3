"""Structs are read through `settled`: see there why the process may crash otherwise."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.size import SOURCE

PLAIN = {"dict", "list", "tuple", "set", "str", "int", "float", "bytes", "bool", "Any"}
"""What holds no struct by itself."""


def is_safe(kind: ast.expr) -> bool:
    """Whether a type is settled or made of plain ones."""
    if isinstance(kind, ast.Call) and isinstance(kind.func, ast.Name):
        return kind.func.id == "settled"
    names = [node.id for node in ast.walk(kind) if isinstance(node, ast.Name)]
    return set(names) <= PLAIN


def unsafe(tree: ast.AST) -> Iterator[int]:
    """The lines inside of functions where msgspec is given a type that another thread may be looking into.

    What is made while a module is loaded is safe if the types are its own: the module's lock is held.
    """
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            kind = next((word.value for word in call.keywords if word.arg == "type"), None)
            if call.func.attr == "convert" and len(call.args) > 1:
                kind = call.args[1]
            elif call.func.attr == "Decoder" and call.args:
                kind = call.args[0]
            elif call.func.attr != "decode":
                continue
            if kind is not None and not is_safe(kind):
                yield call.lineno


def test_structs_are_settled_before_they_are_read() -> None:
    found = {
        f"{path.relative_to(SOURCE)}:{line}"
        for path in SOURCE.rglob("*.py")
        if path.name != "settled.py"
        for line in unsafe(ast.parse(path.read_text()))
    }
    assert found == set()


def test_an_unsettled_one_is_found() -> None:
    tree = ast.parse("def read(data):\n    return msgspec.json.decode(data, type=Run)\n")
    assert list(unsafe(tree)) == [2]
    assert not list(unsafe(ast.parse("def read(data):\n    return msgspec.json.decode(data, type=settled(Run))\n")))
    assert not list(unsafe(ast.parse("def read(data):\n    return decode(data, type=list[int])\n")))
