"""The API document (OpenAPI 3.1), made from the endpoints and the structs' own documentation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from starlette.responses import Response

from runwatch.schema.operation import Permission
from runwatch.schema.wire import JSON, MSGPACK, Failure
from runwatch.server import document_page
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint

TEMPLATE: Final = "#/components/schemas/{name}"

_ENTRY: Final = re.compile(r"^(\w+): (.*)$")

FAILURES: Final = {
    400: "The request is not what this operation takes.",
    401: "Nobody was identified.",
    403: "The caller may not do this, or the workspace cannot be written to.",
    404: "What was asked for is not there.",
    408: "The body did not arrive in time.",
    409: "In conflict with what is there.",
    410: "It was there and has been deleted.",
    413: "A documented limit is exceeded.",
    415: "The body is neither JSON nor MessagePack.",
    421: "The server is not known by this host name.",
    422: "Bytes do not match their checksum.",
    429: "Too many attempts; wait as long as Retry-After says.",
    501: "This store has no such operation.",
    503: "The store cannot answer now; the same request may succeed later.",
}
"""Every status of an error, and what it says."""


def endpoints(described: Sequence[Endpoint]) -> Iterator[Endpoint]:
    """The document and a page that shows it."""
    built = build(described)
    body, page = msgspec.json.encode(built), document_page.render(built).encode()

    async def document(call: Call) -> Response:
        return Response(body, media_type=JSON)

    async def readable(call: Call) -> Response:
        return Response(page, media_type="text/html")

    yield Endpoint(
        name="document", verb="GET", path="/api/openapi.json", permission=Permission.READ, handle=document,
        summary="This document.", in_document=False,
    )  # fmt: skip
    yield Endpoint(
        name="document.page", verb="GET", path="/api/docs", permission=Permission.READ, handle=readable,
        summary="This document as a page.", in_document=False,
    )  # fmt: skip


def build(described: Sequence[Endpoint]) -> dict[str, Any]:
    """The document.

    Args:
        described: The endpoints; those that do not want to be in it are left out.
    """
    shown = [endpoint for endpoint in described if endpoint.in_document]
    kinds = {kind for endpoint in shown for kind in (endpoint.request, endpoint.response) if kind is not None}
    ordered: list[type[Any]] = [Failure, *sorted(kinds, key=lambda kind: kind.__name__)]
    _, components = msgspec.json.schema_components(ordered, ref_template=TEMPLATE)
    above = {kind.__name__: _inherited(kind) for kind in ordered}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in shown:
        paths.setdefault(endpoint.path, {})[endpoint.verb.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Runwatch",
            "version": "1",
            "description": f"Bodies may be sent and asked for as {JSON} or {MSGPACK}. In JSON, bytes are base64 texts, "
            "and numbers that JSON does not have (NaN, infinity) are null; MessagePack carries all as it is.",
        },
        "paths": paths,
        "components": {
            "schemas": {name: _described(schema, above.get(name, {})) for name, schema in components.items()},
            "responses": {str(status): _failure(words) for status, words in FAILURES.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [endpoint.name.split(".")[0]],
        "x-permission": endpoint.permission.value,
        "security": [] if endpoint.permission is Permission.PUBLIC else [{"bearer": []}],
        "responses": {"200": _success(endpoint)}
        | {str(status): {"$ref": f"#/components/responses/{status}"} for status in FAILURES},
    }
    parameters = [*_path_parameters(endpoint), *_query_parameters(endpoint)]
    if parameters:
        found["parameters"] = parameters
    if endpoint.request is not None:
        found["requestBody"] = {"required": True, "content": _content(endpoint.request)}
    return found


def _success(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.response is not None:
        return {"description": "Done.", "content": _content(endpoint.response)}
    return {"description": "Done.", "content": {media: {} for media in endpoint.media}}


def _failure(words: str) -> dict[str, Any]:
    return {"description": words, "content": _content(Failure)}


def _content(kind: type[Any]) -> dict[str, Any]:
    reference = {"$ref": TEMPLATE.format(name=kind.__name__)}
    return {JSON: {"schema": reference}, MSGPACK: {"schema": reference}}


def _path_parameters(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)(?::\w+)?}", endpoint.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query_parameters(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    if endpoint.query is None:
        return
    (_,), components = msgspec.json.schema_components([endpoint.query], ref_template=TEMPLATE)
    schema = _described(components[endpoint.query.__name__])
    for name, kind in schema["properties"].items():
        words = kind.pop("description", "")
        yield {
            "name": name, "in": "query", "required": name in schema.get("required", ()), "description": words,
            "schema": kind,
        }  # fmt: skip


def _inherited(kind: type[Any]) -> dict[str, str]:
    """What the docstrings of the structs that one is made from say of their attributes."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__[1:]):
        found |= attributes((base.__doc__ or "").partition("Attributes:\n")[2])
    return found


def _described(schema: dict[str, Any], above: dict[str, str] | None = None) -> dict[str, Any]:
    """A schema whose properties carry what the docstrings say of them, instead of one long text."""
    text = inspect.cleandoc(schema.get("description", ""))
    head, _, rest = text.partition("\nAttributes:\n")
    if "properties" in schema:
        words = (above or {}) | attributes(rest)
        for name, kind in schema["properties"].items():
            if name in words and "$ref" not in kind:
                kind["description"] = words[name]
    return {**schema, "description": head.strip()} if head else schema


def attributes(text: str) -> dict[str, str]:
    """The names and descriptions of a docstring's section, which a blank line ends; continued lines joined."""
    found: dict[str, str] = {}
    name = ""
    for line in inspect.cleandoc(text.partition("\n\n")[0]).splitlines() if text.strip() else ():
        entry = _ENTRY.match(line)
        if entry:
            name = entry[1]
            found[name] = entry[2]
        elif line.startswith(" ") and name:
            found[name] += f" {line.strip()}"
    return found
