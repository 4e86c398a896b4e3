"""Finds each use of the original in scripts and notebooks, without running anything, and has it judged."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from runwatch.importers.azureml import judge
from runwatch.importers.azureml.judge import Judgement, Verdict
from runwatch.importers.azureml.script import Piece, Unread, files, pieces
from runwatch.importers.azureml.table.module import MODULES
from runwatch.importers.azureml.table.result import SUBMITTED
from runwatch.importers.azureml.value import Value, one_of, result, settled, told_by

Names = dict[str, Value]


class Use(Struct, frozen=True, kw_only=True):
    """A use of the original.

    Attributes:
        place: File, cell and line.
        name: What is used, e.g. ``azureml.core.Run`` or ``Run.log``.
        verdict: What of it works.
        note: See `Judgement`.
    """

    place: str
    name: str
    verdict: Verdict
    note: str


class Report(Struct, frozen=True, kw_only=True):
    """What was found.

    Attributes:
        files: How many files were read.
        uses: In the order of files and lines.
        unread: What could not be read.
    """

    files: int
    uses: tuple[Use, ...]
    unread: tuple[Unread, ...]

    def of(self, verdict: Verdict) -> list[Use]:
        """The uses of a verdict."""
        return [use for use in self.uses if use.verdict is verdict]


def check(paths: Iterable[Path]) -> Report:
    """Read scripts, notebooks and folders of them.

    Raises:
        UserErrorException: One of them is not there, or is none.
    """
    found = [file for path in paths for file in files(path)]
    uses: list[Use] = []
    unread: list[Unread] = []
    for file in found:
        names: Names = {}
        for piece in pieces(file):
            if isinstance(piece, Unread):
                unread.append(piece)
            else:
                reader = _Reader(piece, {} if piece.own else names)
                reader.visit(piece.tree)
                uses += sorted(reader.uses, key=lambda use: int(use.place.rpartition(":")[2]))
    return Report(files=len(found), uses=tuple(uses), unread=tuple(unread))


class _Reader(ast.NodeVisitor):
    """Walks one piece; every expression is looked at once, by `_value`."""

    def __init__(self, piece: Piece, names: Names) -> None:
        self._piece, self._names = piece, names
        self.uses: list[Use] = []

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if judge.is_module(alias.name):
                self._note(node, alias.name, judge.of_module(alias.name))
                bound = alias.asname or alias.name.split(".")[0]
                self._names[bound] = Value("module", alias.name if alias.asname else "azureml")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level or not judge.is_module(module):
            return
        if judge.of_module(module).verdict is Verdict.ABSENT:
            self._note(node, module, judge.of_module(module))
            return
        for alias in node.names:
            if alias.name == "*":
                self._names |= {name: Value("name", name, module) for name in MODULES.get(module, ())}
            else:
                self._bind(alias.asname or alias.name, self._of_module(node, module, alias.name))

    def visit_Assign(self, node: ast.Assign) -> None:
        value = self._value(node.value)
        for target in node.targets:
            self._assign(target, value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        value = self._value(node.value) if node.value is not None else None
        self._assign(node.target, value or self._annotated(node.annotation))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._value(node)

    def visit_With(self, node: ast.With) -> None:
        for item in node.items:
            value = self._value(item.context_expr)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, value)
        self._all(node.body)

    def visit_For(self, node: ast.For) -> None:
        self._loop(node.target, node.iter)
        self._all([*node.body, *node.orelse])

    visit_AsyncWith = visit_With  # type: ignore[assignment]  # noqa: N815
    visit_AsyncFor = visit_For  # type: ignore[assignment]  # noqa: N815

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._loop(node.target, node.iter)
        self._all(node.ifs)

    def visit_arg(self, node: ast.arg) -> None:
        self._bind(node.arg, self._annotated(node.annotation))

    def generic_visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            self._value(node)
        else:
            super().generic_visit(node)

    def _all(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def _loop(self, target: ast.expr, source: ast.expr) -> None:
        """``for x in runs``, ``in enumerate(runs)``, ``in experiments.items()``."""
        one = one_of(settled(self._value(_plain(source))))
        last = target.elts[-1] if isinstance(target, ast.Tuple) and target.elts else target
        self._assign(last, one)

    def _value(self, node: ast.expr) -> Value | None:
        """What an expression is; uses within it are noted."""
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._attribute(node, self._value(node.value))
            case ast.Call():
                return self._call(node)
            case ast.Subscript():
                self._value(node.slice)
                return one_of(settled(self._value(node.value)))
            case ast.NamedExpr():
                value = self._value(node.value)
                self._assign(node.target, value)
                return value
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                self._all(node.generators)
                element = self._value(node.elt)
                return Value("several", element.name) if element is not None and element.sort == "object" else None
            case ast.DictComp():
                self._all(node.generators)
        super().generic_visit(node)
        return None

    def _name(self, node: ast.Name) -> Value | None:
        value = self._names.get(node.id)
        if value is not None and value.module:
            self._note(node, f"{value.module}.{value.name}", judge.of_name(value.module, value.name))
        return value

    def _attribute(self, node: ast.Attribute, owner: Value | None) -> Value | None:
        owner = settled(owner)
        if owner is None or owner.sort == "several":
            return None
        if owner.sort == "module":
            inner = f"{owner.name}.{node.attr}"
            if judge.of_module(inner).verdict is Verdict.WORKS:
                return Value("module", inner)
            return self._of_module(node, owner.name, node.attr)
        found = judge.of_member(owner.name, node.attr)
        if found is None:
            return None
        self._note(node, f"{owner.name}.{node.attr}", found)
        return Value("member", told_by(owner.name, node.attr))

    def _call(self, node: ast.Call) -> Value | None:
        called = self._value(node.func)
        given = [self._value(each) for each in node.args]
        self._all(node.keywords)
        if called is None or called.sort not in {"name", "member"}:
            return _passed_on(node.func, given)
        for keyword in node.keywords:
            found = judge.of_argument(called.name, keyword.arg or "")
            if found is not None and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None):
                self._note(node, f"{called.name}({keyword.arg})", found)
        if called.name in {"Experiment.submit", "Run.submit_child"} and given and given[0] is not None:
            return Value("object", SUBMITTED.get(given[0].name, "Run"))
        if called.sort == "member":
            return result(called.name)
        return result(called.name) or Value("object", called.name)

    def _of_module(self, node: ast.AST, module: str, name: str) -> Value | None:
        found = judge.of_name(module, name)
        self._note(node, f"{module}.{name}", found)
        if f"{module}.{name}" in MODULES:
            return Value("module", f"{module}.{name}")
        return Value("name", name) if name in MODULES.get(module, ()) else None

    def _annotated(self, annotation: ast.expr | None) -> Value | None:
        value = self._value(annotation) if annotation is not None else None
        return Value("object", value.name) if value is not None and value.sort == "name" else None

    def _assign(self, target: ast.expr, value: Value | None) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, settled(value))
        else:
            self.visit(target)

    def _bind(self, name: str, value: Value | None) -> None:
        if value is None:
            self._names.pop(name, None)
        else:
            self._names[name] = value

    def _note(self, node: ast.AST, name: str, judgement: Judgement) -> None:
        line = getattr(node, "lineno", 0) + self._piece.first
        place = f"{self._piece.place}:{line}"
        use = Use(place=place, name=name, verdict=judgement.verdict, note=judgement.note)
        if use not in self.uses:
            self.uses.append(use)


def _passed_on(function: ast.expr, given: list[Value | None]) -> Value | None:
    """``list(runs)`` and ``next(runs)``."""
    if not (isinstance(function, ast.Name) and given):
        return None
    value = settled(given[0])
    if function.id == "next":
        return one_of(value)
    return value if function.id in {"iter", "list", "reversed", "sorted"} else None


def _plain(source: ast.expr) -> ast.expr:
    """What is looped over, without ``enumerate`` around it and ``items()`` behind it."""
    match source:
        case ast.Call(func=ast.Attribute(value=inner, attr="items" | "values"), args=[]):
            return inner
        case ast.Call(func=ast.Name(id="enumerate" | "tqdm"), args=[inner, *_]):
            return inner
    return source
