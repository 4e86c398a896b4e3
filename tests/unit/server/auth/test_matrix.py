"""Who may call what: every endpoint with everybody, made from the policy table itself (A45, A46, A47)."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from runwatch.schema.operation import Permission
from runwatch.server.app import make_app
from runwatch.server.auth import run_scope
from runwatch.server.auth.provider import Provider
from runwatch.server.auth.role import Role
from runwatch.server.auth.secret import new_secret
from runwatch.server.auth.trail import SIGN_IN
from runwatch.server.endpoint import Endpoint
from runwatch.server.settings import Settings
from runwatch.server.state.table import run_tokens, tokens
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run
from tests.unit.server.auth.scene import Scene, scene
from tests.unit.server.served import Answer, Client

SETTINGS = Settings(
    auth="team",
    provider=Provider(issuer="http://127.0.0.1:9", client_id="x", client_secret="x", public_url="http://127.0.0.1:1"),
)
"""Nobody listens at that provider's port: signing in with it is tested elsewhere."""

ENDPOINTS: dict[str, Endpoint] = {
    each.name: each for each in make_app(MemoryStore(), SETTINGS).state.catalogue.endpoints
}
PUBLIC = {
    "health", "page.sign_in", "page.callback", "page.script.js", "page.style.css", "page.icon.svg",
    "page.favicon.ico", "session.create", "session.invitation", "session.begin", "session.provider",
}  # fmt: skip
"""What strangers may call. Whoever adds to it has thought about it."""

ROLES = {"viewer": Role.VIEWER, "contributor": Role.CONTRIBUTOR, "owner": Role.OWNER}
DEAD = ["wrong", "expired", "revoked", "run expired", "run revoked"]
BY_USERS_ONLY = {"tokens.create"}
"""A token may not call these, whatever its role."""


@pytest.fixture(scope="module")
def cast() -> Iterator[tuple[Scene, Mapping[str, Client], str]]:
    """A server, everybody, and the run of "run own"."""
    with scene(SETTINGS) as found:
        run, other = new_run(found.store).run_id, new_run(found.store).run_id
        secrets = {"anonymous": "", "wrong": new_secret("rw_pat_")}
        secrets["run own"] = found.access.run_tokens.create(run, 1, "Ada")[1]
        secrets["run other"] = found.access.run_tokens.create(other, 1, "Ada")[1]
        for name, role in ROLES.items():
            user, _ = found.access.users.create(name, role)
            secrets[name] = found.access.tokens.create(user, "x", role)[1]
        owner = found.access.users.named("owner")
        for name, values in (("expired", {"expires_at": time.time() - 1}), ("revoked", {"revoked_at": time.time()})):
            made, secrets[name] = found.access.tokens.create(owner, "x", Role.OWNER)
            job, secrets[f"run {name}"] = found.access.run_tokens.create(run, 1, "Ada")
            with found.access.state.write() as connection:
                connection.execute(update(tokens).where(tokens.c.token_id == made.token_id).values(**values))
                connection.execute(update(run_tokens).where(run_tokens.c.token_id == job.token_id).values(**values))
        clients = {name: found.program(secret) if secret else found.client for name, secret in secrets.items()}
        yield found, clients, run


def minimal(kind: Any, run_id: str) -> Any:
    """The smallest body or query of a struct that is one; where it may name a run, it names this one."""
    fields = msgspec.inspect.type_info(kind).fields  # type: ignore[attr-defined]
    body = {field.name: _value(field.type) for field in fields if field.required}
    names = [field.name for field in fields if field.name in run_scope.NAMES]
    for name in names[:1] if not run_scope.NAMES & set(body) else run_scope.NAMES & set(body):
        body[name] = [run_id] if name in {"run_ids", "subjects"} else run_id
    return body


def _value(kind: Any) -> Any:
    found = type(kind).__name__
    simple = {"StrType": "x", "IntType": 1, "FloatType": 1.0, "BoolType": False, "BytesType": "", "DictType": {}}
    if found in simple:
        return simple[found]
    if found == "EnumType":
        return next(iter(kind.cls)).value
    if found == "LiteralType":
        return kind.values[0]
    if found == "UnionType":
        return _value(kind.types[0])
    if found == "StructType":
        return {field.name: _value(field.type) for field in kind.fields if field.required}
    return []


def call(client: Client, endpoint: Endpoint, run_id: str) -> Answer:
    run_id = "nowhere" if endpoint.name == "runs.delete" else run_id  # the others still need it
    path = re.sub(r"{run_id(:\w+)?}", run_id, endpoint.path)
    path = re.sub(r"{\w+(:\w+)?}", "x", path)
    if endpoint.query is not None:
        query = minimal(endpoint.query, run_id)
        path += "?" + "&".join(f"{name}={value}" for name, value in query.items())
    body = minimal(endpoint.request, run_id) if endpoint.request is not None else None
    if endpoint.name == run_scope.CREATE:
        body = {
            **(body or {}),
            "parent_run_id": run_id,
            "experiment": "sample",
            "run_id": f"child-{time.monotonic_ns()}",
        }
    return client.ask(endpoint.verb, path, body)


def names_a_run(endpoint: Endpoint) -> bool:
    fields = {field for kind in (endpoint.request, endpoint.query) if kind for field in kind.__struct_fields__}
    return bool(run_scope.NAMES & fields) or "{run_id" in endpoint.path


def expected(endpoint: Endpoint, actor: str) -> int | None:
    """The refusal that the policy calls for, or None if the call goes ahead."""
    if actor in DEAD:
        return 401
    if endpoint.permission is Permission.PUBLIC:
        return None
    if actor == "anonymous":
        return 401
    if actor in ROLES:
        return None if endpoint.permission in ROLES[actor].permissions and endpoint.name not in BY_USERS_ONLY else 403
    if endpoint.name in run_scope.FREE:
        return None
    reached = endpoint.permission in {Permission.READ, Permission.RECORD} and names_a_run(endpoint)
    return None if actor == "run own" and (reached or endpoint.name == run_scope.CREATE) else 403


ACTORS = ["anonymous", *ROLES, "run own", "run other", *DEAD]


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("name", ENDPOINTS)
def test_everybody_everywhere(cast: tuple[Scene, Mapping[str, Client], str], name: str, actor: str) -> None:
    _, clients, run = cast
    endpoint, wanted = ENDPOINTS[name], expected(ENDPOINTS[name], actor)
    answer = call(clients[actor], endpoint, run)
    if wanted is not None:
        assert answer.status == wanted, answer.body
        assert answer.headers["content-type"] == "application/json"
    elif name not in SIGN_IN:  # which refuse in their own right what is no password and no link
        assert answer.status not in {401, 403, 405, 500}, answer.body


def test_strangers_may_call_what_is_published_and_nothing_else() -> None:
    assert {each.name for each in ENDPOINTS.values() if each.permission is Permission.PUBLIC} == PUBLIC


def test_roles_grow() -> None:
    viewer, contributor, owner = (role.permissions for role in (Role.VIEWER, Role.CONTRIBUTOR, Role.OWNER))
    assert viewer < contributor < owner
    assert owner == frozenset(Permission)
    assert Permission.ADMIN not in contributor
    assert Permission.WRITE not in viewer
    assert Role.OWNER.at_most(Role.VIEWER) is Role.VIEWER.at_most(Role.OWNER) is Role.VIEWER


def test_every_spelling_of_every_route_asks_who_somebody_is(cast: tuple[Scene, Mapping[str, Client], str]) -> None:
    found, _, _ = cast
    public = {each.path for each in ENDPOINTS.values() if each.permission is Permission.PUBLIC}
    asked = 0
    for path in {each.path for each in ENDPOINTS.values()}:
        start = "/api/openapi.json" if path == "/" else path
        spellings = [
            path, f"{path}/", f"/{path}", path.replace("/", "//"), f"{path}//", f"{path}%2F", path.replace("/", "%2F"),
            f"{path}?x=1", f"{path};x", f"/.{path}", f"/x/..{path}", path.upper(), f"{path}%00", f"{path}%20",
            start.replace("a", "%61"), start.replace("/", "\\"),
        ]  # fmt: skip
        for spelling, verb in itertools.product(spellings, ("GET", "HEAD", "POST", "DELETE", "OPTIONS")):
            answer = found.client.ask(verb, spelling.replace("{", "").replace("}", ""))
            asked += 1
            if path not in public:
                assert answer.status in {400, 401, 404, 405}, (verb, spelling)
    assert asked > 2_000


def _mentions(kind: Any, seen: set[Any]) -> Iterator[str]:
    """Every field of a struct, however deep, whose name speaks of runs."""
    found = type(kind).__name__
    if found in {"StructType"} and kind.cls not in seen:
        seen.add(kind.cls)
        for field in kind.fields:
            if re.search(r"(^|_)(run|runs|parent|root|subjects?)(_|$)", field.name) and "count" not in field.name:
                yield field.name
            yield from _mentions(field.type, seen)
    for part in (*getattr(kind, "types", ()), getattr(kind, "item_type", None), *getattr(kind, "item_types", ())):
        if part is not None:
            yield from _mentions(part, seen)


@pytest.mark.parametrize("name", [n for n, e in ENDPOINTS.items() if e.permission in {"read", "record"}])
def test_no_request_names_a_run_where_the_scope_of_jobs_does_not_look(name: str) -> None:
    """A control of the scope itself: a new operation that names runs in another way must be taught to it."""
    for kind in (ENDPOINTS[name].request, ENDPOINTS[name].query):
        if kind is not None:
            info = msgspec.inspect.type_info(kind)
            assert set(_mentions(info, set())) <= run_scope.NAMES
            top = {field.name for field in info.fields}  # type: ignore[attr-defined]
            # One that names runs further down only is refused to jobs altogether.
            assert set(_mentions(info, set())) <= top or not top & run_scope.NAMES


class Inner(msgspec.Struct):
    run_id: str


class Outer(msgspec.Struct):
    series: tuple[Inner, ...]


def test_the_control_finds_what_is_hidden() -> None:
    assert set(_mentions(msgspec.inspect.type_info(Outer), set())) == {"run_id"}
