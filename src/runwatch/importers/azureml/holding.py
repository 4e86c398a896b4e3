"""What belongs to one run among files from elsewhere, and how the parts of a run that lie apart come together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from runwatch.importers.azureml.document import Document, Kind
from runwatch.importers.azureml.tree import Tree

_NOT_OF_IDS: Final = re.compile(r"[^\w\-.~:@+]+")
_WORDS: Final = re.compile(r"[\W_]*(get[\W_]*)?(run[\W_]*)?(metrics?|details?)[\W_]*$", re.IGNORECASE)


class Holding(Struct, frozen=True, kw_only=True, eq=False):
    """A run's parts.

    Attributes:
        tree: Where they lie.
        run_id: The run's id: what its details say, else the name of its folder or file.
        documents: What is known of it, each with the tree that has its file.
        folder: The folder with its files, or None if it has none.
        inner: The folder below that one whose files count as if they lay in it, or None.
        left_out: Paths that are no files of the run: documents, and other runs.
        changed_at: When the newest of it was changed, seconds UTC.
        parent_run_id: The run whose metrics named this one below it.
    """

    tree: Tree
    run_id: str
    documents: tuple[tuple[Tree, Document], ...] = ()
    folder: str | None = None
    inner: str | None = None
    left_out: frozenset[str] = frozenset()
    changed_at: float = 0.0
    parent_run_id: str | None = None

    def of(self, *kinds: Kind) -> list[Document]:
        """Its documents of these kinds."""
        return [document for _, document in self.documents if document.kind in kinds]

    @property
    def source(self) -> str:
        """Where it lies, for people."""
        if self.folder is not None:
            return str(self.tree.root / self.folder)
        return str(self.documents[0][0].root / self.documents[0][1].path) if self.documents else str(self.tree.root)


def id_from(name: str) -> str:
    """The id of a run that is known by the name of a folder or file alone."""
    stem = _WORDS.sub("", name.removesuffix(".json"))
    found = _NOT_OF_IDS.sub("-", stem or name)[:256]
    return found if found.strip(".") else "imported"


def merged(holdings: Iterable[Holding]) -> list[Holding]:
    """The same with one holding for each run, and metrics of trees of runs given to those that they are of."""
    found: dict[str, Holding] = {}
    for holding in holdings:
        known = found.get(holding.run_id)
        found[holding.run_id] = holding if known is None else _joined(known, holding)
    found = {run_id: _read_as_tree(holding) for run_id, holding in found.items()}
    for holding in list(found.values()):
        for tree, document in holding.documents:
            if document.kind is Kind.TREE_METRICS:
                _distribute(found, holding, tree, document)
    return list(found.values())


def _joined(one: Holding, other: Holding) -> Holding:
    first, second = (one, other) if one.folder is not None else (other, one)
    return replace(
        first,
        documents=tuple(dict.fromkeys([*first.documents, *second.documents])),
        changed_at=max(one.changed_at, other.changed_at),
        parent_run_id=first.parent_run_id or second.parent_run_id,
    )


def _read_as_tree(holding: Holding) -> Holding:
    """The same, where an object that could be tables by their names names the run itself: so it goes by run ids."""

    def read(document: Document) -> Document:
        content = document.content
        named = document.kind is Kind.METRICS and isinstance(content.get(holding.run_id), dict)
        is_tree = named and all(isinstance(each, dict) for each in content.values())
        return replace(document, kind=Kind.TREE_METRICS) if is_tree else document

    return replace(holding, documents=tuple((tree, read(document)) for tree, document in holding.documents))


def _distribute(found: dict[str, Holding], owner: Holding, tree: Tree, document: Document) -> None:
    """Give each run of a tree's metrics its share; one that is not known otherwise is known by them alone."""
    top = owner.run_id if owner.run_id in document.content or len(owner.documents) > 1 else None
    for run_id in document.content:
        if run_id == owner.run_id:
            continue
        known = found.get(run_id) or Holding(tree=owner.tree, run_id=run_id, changed_at=owner.changed_at)
        entry = (tree, document)
        documents = known.documents if entry in known.documents else (*known.documents, entry)
        parent = known.parent_run_id or (top if run_id != top else None)
        found[run_id] = replace(known, documents=documents, parent_run_id=parent)
