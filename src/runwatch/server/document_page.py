"""The API document as a page: plain HTML that needs no script and works offline."""

from __future__ import annotations

import json
from html import escape
from typing import Any, Final

STYLE: Final = """
:root{color-scheme:light dark}
body{font:13px/20px system-ui,sans-serif;margin:24px auto;max-width:960px;padding:0 16px}
h1{font-size:20px;margin:0 0 8px}h2{font-size:15px;margin:32px 0 8px}
details{border:1px solid light-dark(#ddd,#444);border-radius:6px;margin:4px 0}
summary{cursor:pointer;padding:6px 12px}details>div{padding:0 12px 12px}
code,pre{font:12px/18px ui-monospace,monospace}b{font-weight:600}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:3px 12px 3px 0;
border-top:1px solid light-dark(#eee,#333)}.quiet{color:light-dark(#666,#999)}
"""


def render(document: dict[str, Any]) -> str:
    """The page of a document."""
    groups: dict[str, list[str]] = {}
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(document, path, verb, operation))
    body = "".join(f"<h2>{escape(name)}</h2>{''.join(parts)}" for name, parts in groups.items())
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Runwatch API</title>"
        f"<style>{STYLE}</style><h1>Runwatch API</h1><p>{escape(document['info']['description'])}</p>{body}</html>"
    )


def _operation(document: dict[str, Any], path: str, verb: str, operation: dict[str, Any]) -> str:
    parts = []
    if parameters := operation.get("parameters"):
        rows = "".join(
            _row(each["name"], each["schema"], each["required"], each.get("description", "")) for each in parameters
        )
        parts.append(f"<p><b>Parameters</b></p><table>{rows}</table>")
    if body := operation.get("requestBody"):
        parts.append(f"<p><b>Body</b></p>{_schema(document, body['content'])}")
    parts.append(f"<p><b>Answer</b></p>{_schema(document, operation['responses']['200']['content'])}")
    return (
        f"<details id='{escape(operation['operationId'])}'><summary><code><b>{verb.upper()}</b> {escape(path)}</code> "
        f"{escape(operation['summary'])} <span class='quiet'>{escape(operation['x-permission'])}</span></summary>"
        f"<div>{''.join(parts)}</div></details>"
    )


def _schema(document: dict[str, Any], content: dict[str, Any]) -> str:
    media, described = next(iter(content.items()))
    reference = described.get("schema", {}).get("$ref", "")
    if not reference:
        return f"<p><code>{escape(media)}</code></p>"
    name = reference.rsplit("/", 1)[-1]
    schema = document["components"]["schemas"][name]
    required = schema.get("required", ())
    rows = "".join(
        _row(field, kind, field in required, kind.get("description", ""))
        for field, kind in schema.get("properties", {}).items()
    )
    return f"<p>{escape(name)}: {escape(schema.get('description', ''))}</p><table>{rows}</table>"


def _row(name: str, kind: dict[str, Any], required: bool, words: str) -> str:
    mark = "" if required else " <span class='quiet'>optional</span>"
    return f"<tr><td><code>{escape(name)}</code>{mark}<td><code>{escape(_type(kind))}</code><td>{escape(words)}</tr>"


def _type(kind: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in kind:
        return str(kind["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in kind:
        return " | ".join(_type(each) for each in kind["anyOf"])
    if "enum" in kind:
        return " | ".join(json.dumps(each) for each in kind["enum"])
    if kind.get("type") == "array":
        return f"[{_type(kind.get('items') or {})}]"
    if kind.get("contentEncoding"):
        return "bytes"
    return str(kind.get("type", "any"))
