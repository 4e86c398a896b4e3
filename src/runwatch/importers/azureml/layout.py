"""Finds runs among folders and files from elsewhere, by what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from runwatch.importers.azureml.document import Document, Kind, parse, recognise, run_id_of
from runwatch.importers.azureml.holding import Holding, id_from, merged
from runwatch.importers.azureml.tree import Listing, Tree, join
from runwatch.importers.outcome import Unread
from runwatch.schema import limit
from runwatch.schema.error import LimitError, NotFoundError, RunwatchError

RUN_FOLDERS: Final = frozenset({"outputs", "logs", "azureml-logs", "user_logs", "system_logs"})
"""Folders that the original made in every run: where one lies, there are the files of a run."""

_TEXTS: Final = frozenset({"", ".json", ".txt"})
"""Suffixes of files that are looked into."""

_METRIC_KINDS: Final = frozenset({Kind.METRICS, Kind.RECORDS, Kind.TREE_METRICS})


class Findings(Struct, frozen=True):
    """What was found.

    Attributes:
        holdings: The runs.
        unread: What was not understood.
    """

    holdings: tuple[Holding, ...]
    unread: tuple[Unread, ...]


@contextmanager
def search(sources: Sequence[Path]) -> Iterator[Findings]:
    """Look through folders and files; what was found can be read within the block.

    Args:
        sources: Folders of runs, folders of such folders, or single JSON files. One that cannot be read is said, and
            does not keep the others away.
    """
    with ExitStack() as stack:
        holdings: list[Holding] = []
        unread: list[Unread] = []
        for source in sources:
            try:
                tree = Tree(source if source.is_dir() else source.parent)
                stack.callback(tree.close)
                one = _Search(tree, unread)
                if source.is_dir():
                    one.look("", (), 0)
                else:
                    one.take(source.name)
                holdings += one.found
            except RunwatchError as error:
                unread.append(Unread(str(source), error.message))
        single = _without_namesakes(holdings, unread)
        yield Findings(tuple(merged(_attached(single))), tuple(unread))


class _Search:
    """Looks through one folder."""

    def __init__(self, tree: Tree, unread: list[Unread]) -> None:
        self.found: list[Holding] = []
        self._tree = tree
        self._unread = unread
        self._read: dict[str, tuple[Listing, list[Document]]] = {}
        self._unreadable: set[str] = set()

    def take(self, name: str) -> None:
        """A file that was given by name.

        Raises:
            NotFoundError: There is none.
            LimitError: It is too large; `InvalidValueError` if it is no JSON.
        """
        listing = self._tree.list("")
        if name not in listing.files:
            raise NotFoundError(f"There is no file {name!r}, or it is a link.")
        documents = self._parsed(name, named=True)
        if not documents:
            self._say(name, "Nothing in it says something of a run.")
        self._keep_apart(documents, listing)

    def look(self, folder: str, beside: Sequence[Document], depth: int) -> None:
        """Look through a folder and those below it.

        Args:
            folder: The folder.
            beside: Documents that lie beside it and are about it.
            depth: How deep it lies.
        """
        if depth > limit.IMPORT_FOLDER_DEPTH:
            self._say(folder, f"Folders more than {limit.IMPORT_FOLDER_DEPTH} deep are not looked through.")
            return
        listing, documents = self._contents(folder)
        if folder in self._unreadable:
            return
        below = [name for name in listing.folders if name not in RUN_FOLDERS]
        about = _about(documents, below)
        own = [each for each in documents if not any(each in given for given in about.values())]
        own = _unambiguous([*beside, *own], is_run=bool(RUN_FOLDERS & set(listing.folders)))
        if len({run_id_of(each.content) for each in own if each.kind is Kind.DETAILS}) > 1:
            self._keep_apart(own, listing)
            apart = below
        else:
            apart = self._keep_run(folder, listing, own, below, about)
        for name in apart:
            self.look(join(folder, name), about.get(name, ()), depth + 1)

    def _keep_run(
        self, folder: str, listing: Listing, own: list[Document], below: list[str], about: dict[str, list[Document]]
    ) -> list[str]:  # fmt: skip
        """Keep the folder as a run if it is one.

        Returns:
            The folders in it that are not its own.
        """
        described = [name for name in below if name in about or self._is_described(join(folder, name))]
        bare = [name for name in below if name not in described and self._has_run_folder(join(folder, name))]
        paths = {each.path for each in own} | {each.path for given in about.values() for each in given}
        loose = [name for name in listing.files if join(folder, name) not in paths]
        is_marked = not RUN_FOLDERS.isdisjoint(listing.folders)
        is_alone = bool(loose) and not described and not bare
        if not (is_marked or is_alone or any(each.kind is not Kind.TREE_METRICS or not below for each in own)):
            if loose:
                self._say(folder, f"{_files(loose)} beside folders of runs and in none of them.")
            if not loose and not below:
                self._say(folder, "It is empty.")
            if own:
                self._keep_apart(own, listing)
            return below
        inner = bare[0] if len(bare) == 1 and not is_marked else None
        apart = described if is_marked or inner else [*described, *bare]
        self.found.append(
            Holding(
                tree=self._tree,
                run_id=self._id_of(own, folder),
                documents=tuple((self._tree, each) for each in own),
                folder=folder,
                inner=join(folder, inner) if inner else None,
                left_out=frozenset({*paths, *(join(folder, name) for name in apart)}),
                changed_at=listing.changed_at,
            )
        )
        return apart

    def _keep_apart(self, documents: Sequence[Document], listing: Listing) -> None:
        """Keep documents without a folder: each is of the run that it names."""
        ids = {str(run_id_of(each.content)) for each in documents if each.kind is Kind.DETAILS}
        for document in documents:
            if document.kind is Kind.DETAILS:
                run_id = str(run_id_of(document.content))
            else:
                told = [each for each in ids if document.name.startswith(each)]
                run_id = max(told, key=len) if told else id_from(document.name)
                if document.kind is Kind.TREE_METRICS and run_id not in document.content:
                    run_id = next(iter(document.content))
            entry = ((self._tree, document),)
            self.found.append(
                Holding(tree=self._tree, run_id=run_id, documents=entry, changed_at=listing.changed_at)
            )  # fmt: skip

    def _id_of(self, own: Sequence[Document], folder: str) -> str:
        for document in own:
            if document.kind is Kind.DETAILS:
                return str(run_id_of(document.content))
        return id_from(folder.rpartition("/")[2] or self._tree.root.resolve().name)

    def _contents(self, folder: str) -> tuple[Listing, list[Document]]:
        """What lies in a folder, and what the documents among it say."""
        if folder not in self._read:
            listing = self._listed(folder)
            documents = []
            for name, size_bytes in listing.files.items():
                if Path(name).suffix.lower() in _TEXTS and size_bytes:
                    documents += self._try(join(folder, name), size_bytes)
            self._read[folder] = listing, documents
        return self._read[folder]

    def _listed(self, folder: str) -> Listing:
        try:
            return self._tree.list(folder)
        except RunwatchError as error:
            self._unreadable.add(folder)
            self._say(folder, error.message)
            return Listing({}, (), (), 0.0)

    def _try(self, path: str, size_bytes: int) -> list[Document]:
        name = path.rpartition("/")[2]
        is_json = name.lower().endswith(".json")
        try:
            with self._tree.open(path) as file:
                start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
            if start[:1] not in {b"{", b"["}:
                return []
            if size_bytes > limit.IMPORT_DOCUMENT_BYTES:
                raise LimitError(
                    f"It is larger than the {limit.IMPORT_DOCUMENT_BYTES >> 20} MiB that are read of JSON."
                )
            return self._parsed(path, named="metric" in name.lower())
        except RunwatchError as error:
            if is_json:  # any other file may begin with a bracket
                self._say(path, f"{error.message} It is kept as a file.")
            return []

    def _parsed(self, path: str, *, named: bool) -> list[Document]:
        data = self._tree.read(path, limit.IMPORT_DOCUMENT_BYTES)
        return recognise(path, data, parse(path, data), named=named)

    def _is_described(self, folder: str) -> bool:
        """Whether a folder has the details of a run in it."""
        return any(each.kind is Kind.DETAILS for each in self._contents(folder)[1])

    def _has_run_folder(self, folder: str) -> bool:
        return not RUN_FOLDERS.isdisjoint(self._contents(folder)[0].folders)

    def _say(self, path: str, why: str) -> None:
        self._unread.append(Unread(str(self._tree.root / path), why))


def _about(documents: Sequence[Document], folders: Sequence[str]) -> dict[str, list[Document]]:
    """Which documents are about which folder: they name its run, or are named like it."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        run_id = run_id_of(document.content) if document.kind is Kind.DETAILS else None
        alike = [name for name in folders if name == run_id or _begins_with(document.name, name)]
        if alike:
            found.setdefault(max(alike, key=len), []).append(document)
    return found


def _begins_with(name: str, folder: str) -> bool:
    return name.startswith(folder) and not name[len(folder) : len(folder) + 1].isalnum()


def _unambiguous(documents: list[Document], *, is_run: bool) -> list[Document]:
    """Without files that merely look like metrics, if there are several, or better ones, or no run that they are of."""
    guessed = [each for each in documents if each.kind in _METRIC_KINDS and not each.named]
    is_run = is_run or any(each.kind is Kind.DETAILS for each in documents)
    is_told = any(each.kind in _METRIC_KINDS and each.named for each in documents)
    if len(guessed) == 1 and is_run and not is_told:
        return documents
    return [each for each in documents if each not in guessed]


def _without_namesakes(holdings: list[Holding], unread: list[Unread]) -> list[Holding]:
    """Without folders that have the id of another folder: they would be one run, and the files of one be lost."""
    known: dict[str, Holding] = {}
    found: list[Holding] = []
    for holding in holdings:
        if holding.folder is None:
            found.append(holding)
            continue
        first = known.setdefault(holding.run_id, holding)
        if first is holding:
            found.append(holding)
        elif Path(first.source).resolve() != Path(holding.source).resolve():
            why = f"It would be the run {holding.run_id} as {first.source} is, and was left out; rename one of them."
            unread.append(Unread(holding.source, why))
    return found


def _attached(holdings: list[Holding]) -> list[Holding]:
    """Metrics that were given by name go to the one run that was given with them and has none."""
    alone = [each for each in holdings if each.folder is None and not each.of(Kind.DETAILS)]
    others = [each for each in holdings if each not in alone]
    ids = {each.run_id for each in others}
    if len(ids) != 1 or any(each.of(*_METRIC_KINDS) for each in others):
        return holdings
    loose = [each for each in alone if not each.of(Kind.TREE_METRICS)]
    (run_id,) = ids
    moved = [Holding(tree=each.tree, run_id=run_id, documents=each.documents) for each in loose]
    return [*others, *moved, *(each for each in alone if each not in loose)]


def _files(names: Sequence[str]) -> str:
    return f"{len(names):,} files lie" if len(names) > 1 else f"The file {names[0]!r} lies"
