"""Answers what a table of many runs asks, from any store."""

from __future__ import annotations

from msgspec.structs import replace

from runwatch.schema.run import Run
from runwatch.schema.survey import GroupRuns, Groups, ListNames, Name, Names, Ranked, RankRuns, ReadRows, RunRows
from runwatch.store.protocol import Store, Surveys
from runwatch.store.survey.check import check_groups, check_names, check_rows
from runwatch.store.survey.group import group
from runwatch.store.survey.page import PagedSurvey
from runwatch.store.survey.rank import Ranks, digest


class SurveyReader:
    """Ranks, rows by position, names and groups; safe to use from any thread.

    Args:
        store: Where the runs are. If its runs shelf keeps `Surveys`, that does the work.
        ranks: The orders that are kept, in this process alone.
    """

    def __init__(self, store: Store, ranks: Ranks | None = None) -> None:
        self._survey: Surveys = store.runs if isinstance(store.runs, Surveys) else PagedSurvey(store)
        self._ranks = ranks or Ranks()

    def rank(self, request: RankRuns) -> Ranked:
        """Find and sort runs, and keep their order for a while if rows are to be read.

        Raises:
            InvalidValueError: A condition or the order is not accepted.
            LimitError: It takes too long.
        """
        ranking = self._survey.rank(request)
        return Ranked(
            rank_id=self._ranks.put(ranking) if request.keep else "",
            total=len(ranking.handles),
            rev=ranking.sequence,
            digest=digest(ranking.handles),
        )

    def read_rows(self, request: ReadRows) -> RunRows:
        """Runs of a rank by position.

        Raises:
            GoneError: The rank is not kept any more.
            InvalidValueError: There is no such position.
            LimitError: They are too many.
        """
        check_rows(request)
        handles = self._ranks.get(request.rank_id).handles
        rows = self._survey.look_up(handles[request.first : request.first + request.count], request.columns)
        lacking = (None,) * len(request.columns)
        return RunRows(
            first=request.first,
            total=len(handles),
            runs=tuple(None if row is None else _light(row.run) for row in rows),
            summaries=tuple(lacking if row is None else row.summaries for row in rows),
            children=tuple(0 if row is None else row.children for row in rows),
        )

    def list_names(self, request: ListNames) -> Names:
        """Names in use, those of most runs first.

        Raises:
            InvalidValueError: The kind or limit is not accepted.
            LimitError: They are too many.
        """
        check_names(request)
        wanted = request.search.casefold()
        found = [name for name in self._survey.list_names(request) if wanted in name.name.casefold()]
        found.sort(key=_common_first)
        return Names(names=tuple(found[: request.limit]), more=len(found) > request.limit)

    def group(self, request: GroupRuns) -> Groups:
        """Runs in groups of equal values.

        Raises:
            InvalidValueError: A condition, key or figure is not accepted.
            LimitError: There is too much of something, or it takes too long.
        """
        check_groups(request)
        return group(request, self._survey.list_facts(request))


def _common_first(name: Name) -> tuple[int, str, str]:
    return -name.runs, name.name, name.column


def _light(run: Run) -> Run:
    """A run without what may be large and no list shows."""
    error = run.error and replace(run.error, details="")
    return replace(run, definition={}, history=(), error=error)
