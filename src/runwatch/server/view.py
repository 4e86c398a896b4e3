"""Saved views: what somebody chose to look at, under a name, or for long links under the hash of its content."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy import delete, func, insert, or_, select, update
from starlette.responses import Response

from runwatch.schema import limit as limits
from runwatch.schema.error import InvalidValueError, LimitError, NotFoundError
from runwatch.schema.metric import Done
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server.auth.principal import Principal
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services
from runwatch.server.state.database import State
from runwatch.server.state.table import views

STATE_BYTES: Final = 64 << 10
"""A view's content as JSON: a page with hundreds of charts fits."""

NAMED: Final = 1_000
"""Named views of one owner."""

UNNAMED: Final = 5_000
"""Views by hash of one owner; beyond, the one that was made first goes."""

HASH_PREFIX: Final = "h-"

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Kind = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class View(Struct, frozen=True, kw_only=True):
    """A saved view.

    Attributes:
        view_id: Made by the server; of an unnamed view it follows from kind and content.
        kind: Which page it is a view of, e.g. ``runs``.
        name: As its owner called it; empty if it is known by its hash.
        owner: Whose it is: ``local``, or ``user:`` and an id.
        own: Whether it is the caller's.
        shared: Others see it in their lists.
        created_at: Seconds UTC; likewise ``changed_at``.
        state: The content: any JSON object.
    """

    view_id: str
    kind: str
    name: str
    owner: str
    own: bool
    shared: bool
    created_at: float
    changed_at: float
    state: dict[str, Any]


class CreateView(Struct, frozen=True, kw_only=True):
    """Save a view. Without a name, the same content gives the same id, whoever saves it.

    Attributes:
        kind: Which page it is a view of: small letters, digits, ``_`` and ``-``.
        name: Or empty for one that is known by its hash.
        shared: Others see it in their lists.
        state: The content: any JSON object up to 64 kB.
    """

    kind: Kind
    name: Annotated[str, Meta(max_length=200)] = ""
    shared: bool = False
    state: dict[str, Any]


class ListViews(Struct, frozen=True, kw_only=True):
    """Named views: one's own and those that others share, by name.

    Attributes:
        kind: Only views of this page.
        limit: Rows of a page.
        cursor: The previous page's ``next_cursor``.
    """

    kind: Kind | None = None
    limit: Annotated[int, Meta(ge=1, le=limits.PAGE_ROWS)] = 100
    cursor: Annotated[int, Meta(ge=0, le=10_000_000)] | None = None


class ViewPage(Struct, frozen=True, kw_only=True):
    """A page of views; ``next_cursor`` is None on the last one."""

    views: tuple[View, ...]
    next_cursor: int | None = None


class GetView(Struct, frozen=True, kw_only=True):
    """One view: one's own, a shared one, or one by its hash."""

    view_id: str


class UpdateView(Struct, frozen=True, kw_only=True):
    """Change a named view of one's own; what is left out stays.

    Attributes:
        view_id: Which.
        name: Another name.
        shared: Whether others see it.
        state: Another content.
    """

    view_id: str
    name: Name | UnsetType = UNSET
    shared: bool | UnsetType = UNSET
    state: dict[str, Any] | UnsetType = UNSET


class DeleteView(Struct, frozen=True, kw_only=True):
    """Delete a view of one's own; owners of the workspace may delete any."""

    view_id: str


class Views:
    """The views in the server's database.

    Args:
        state: The database.
    """

    def __init__(self, state: State) -> None:
        self.state = state

    def create(self, who: Principal, request: CreateView) -> View:
        """Save a view.

        Raises:
            LimitError: It is too large, or its owner has too many.
        """
        content, now = _packed(request.state), time.time()
        view_id = uuid.uuid4().hex if request.name else _hash_id(request.kind, content)
        values = {"owner": who.subject, "kind": request.kind, "name": request.name, "shared": request.shared}
        with self.state.write() as connection:
            if connection.execute(select(views.c.view_id).where(views.c.view_id == view_id)).first() is None:
                mine = views.c.owner == who.subject, (views.c.name != "") if request.name else (views.c.name == "")
                count = connection.execute(select(func.count()).select_from(views).where(*mine)).scalar_one()
                if request.name and count >= NAMED:
                    raise LimitError(f"Nobody has more than {NAMED:,} views.", hint="Delete some.")
                if count >= UNNAMED:
                    oldest = select(views.c.view_id).where(*mine).order_by(views.c.created_at).limit(1)
                    connection.execute(delete(views).where(views.c.view_id.in_(oldest.scalar_subquery())))
                connection.execute(
                    insert(views).values(view_id=view_id, state=content, created_at=now, changed_at=now, **values)
                )
        return self.get(who, view_id)

    def list(self, who: Principal, request: ListViews) -> ViewPage:
        """Named views that somebody sees."""
        first = request.cursor or 0
        query = select(views).where(views.c.name != "", or_(views.c.owner == who.subject, views.c.shared))
        if request.kind is not None:
            query = query.where(views.c.kind == request.kind)
        query = query.order_by(views.c.name, views.c.view_id).offset(first).limit(request.limit + 1)
        with self.state.read() as connection:
            rows = connection.execute(query).all()
        more = len(rows) > request.limit
        found = tuple(_view(who, row) for row in rows[: request.limit])
        return ViewPage(views=found, next_cursor=first + request.limit if more else None)

    def get(self, who: Principal, view_id: str) -> View:
        """One view; `NotFoundError` if there is none or it is somebody else's own."""
        with self.state.read() as connection:
            row = connection.execute(select(views).where(views.c.view_id == view_id)).one_or_none()
        if row is None or not (row.shared or row.owner == who.subject or row.name == ""):
            raise _missing()
        return _view(who, row)

    def update(self, who: Principal, request: UpdateView) -> View:
        """Change a named view of one's own.

        Raises:
            NotFoundError: There is none, or it is somebody else's.
            LimitError: It would be too large.
        """
        fields = {"name": request.name, "shared": request.shared}
        changes: dict[str, Any] = {name: value for name, value in fields.items() if value is not UNSET}
        if request.state is not UNSET:
            changes["state"] = _packed(request.state)
        mine = views.c.view_id == request.view_id, views.c.owner == who.subject, views.c.name != ""
        with self.state.write() as connection:
            done = connection.execute(update(views).where(*mine).values(changed_at=time.time(), **changes))
        if not done.rowcount:
            raise _missing()
        return self.get(who, request.view_id)

    def delete(self, who: Principal, view_id: str) -> None:
        """Delete a view of one's own, or as an owner anybody's; `NotFoundError` if there is none."""
        chosen = delete(views).where(views.c.view_id == view_id)
        if Permission.ADMIN not in who.permissions:
            chosen = chosen.where(views.c.owner == who.subject)
        with self.state.write() as connection:
            done = connection.execute(chosen)
        if not done.rowcount:
            raise _missing()


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Views: create, list, get, update, delete. Who may look may keep views of their own."""
    keep = Permission.READ
    yield Endpoint(
        name="views.create", verb="POST", path=f"{API}/views:create", permission=keep, handle=_create,
        summary="Save a view.", request=CreateView, response=View, body_bytes=2 * STATE_BYTES,
    )  # fmt: skip
    yield Endpoint(
        name="views.list", verb="POST", path=f"{API}/views:list", permission=keep, handle=_list,
        summary="Named views: one's own and shared ones.", request=ListViews, response=ViewPage,
    )  # fmt: skip
    yield Endpoint(
        name="views.get", verb="POST", path=f"{API}/views:get", permission=keep, handle=_get,
        summary="One view.", request=GetView, response=View,
    )  # fmt: skip
    yield Endpoint(
        name="views.update", verb="POST", path=f"{API}/views:update", permission=keep, handle=_update,
        summary="Change a view of one's own.", request=UpdateView, response=View, body_bytes=2 * STATE_BYTES,
    )  # fmt: skip
    yield Endpoint(
        name="views.delete", verb="POST", path=f"{API}/views:delete", permission=keep, handle=_delete,
        summary="Delete a view of one's own.", request=DeleteView, response=Done,
    )  # fmt: skip


async def _create(call: Call) -> Response:
    return call.answer(await call.services.run(_views(call).create, _who(call), call.body))


async def _list(call: Call) -> Response:
    return call.answer(await call.services.run(_views(call).list, _who(call), call.body))


async def _get(call: Call) -> Response:
    return call.answer(await call.services.run(_views(call).get, _who(call), call.body.view_id))


async def _update(call: Call) -> Response:
    return call.answer(await call.services.run(_views(call).update, _who(call), call.body))


async def _delete(call: Call) -> Response:
    await call.services.run(_views(call).delete, _who(call), call.body.view_id)
    return call.answer(Done())


def _views(call: Call) -> Views:
    return Views(call.services.access.state)


def _who(call: Call) -> Principal:
    assert call.principal is not None
    return call.principal


def _packed(state: dict[str, Any]) -> str:
    """The content as it is stored: keys sorted, so that the same content gives the same hash."""
    try:
        text = json.dumps(msgspec.to_builtins(state), sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise InvalidValueError("A view holds JSON alone.", hint="Leave out NaN and infinity.") from error
    if len(text.encode("utf-8", "surrogatepass")) > STATE_BYTES:
        raise LimitError(f"A view holds at most {STATE_BYTES:,} bytes.", hint="Choose fewer runs or charts by name.")
    return text


def _hash_id(kind: str, content: str) -> str:
    digest = hashlib.sha256(f"{kind}\n{content}".encode()).digest()
    return HASH_PREFIX + base64.urlsafe_b64encode(digest[:18]).decode()


def _view(who: Principal, row: Any) -> View:
    fields = dict(row._mapping)
    return View(**{**fields, "state": json.loads(row.state)}, own=row.owner == who.subject)


def _missing() -> NotFoundError:
    return NotFoundError("There is no such view.", hint="It may have been deleted, or be somebody's own.")
