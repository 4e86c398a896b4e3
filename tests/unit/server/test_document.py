"""The API document says what the server does."""

from __future__ import annotations

from runwatch.schema.operation import OPERATIONS
from runwatch.schema.wire import API
from runwatch.server.document import attributes
from tests.unit.server.served import Client


def test_every_operation_is_described_with_its_fields(client: Client) -> None:
    document = client.get("/api/openapi.json").json()
    for row in OPERATIONS:
        operation = document["paths"][f"{API}{row.path}"][row.verb.lower()]
        assert operation["summary"]
        assert operation["x-permission"] == row.permission
        assert row.request.__name__ in str(operation["requestBody"])
    schema = document["components"]["schemas"]["ListRuns"]
    assert "Attributes" not in schema["description"]
    assert schema["properties"]["search"]["description"].startswith("Text that id, name")
    assert schema["properties"]["cursor"]["description"].startswith("The previous page's")


def test_a_continued_line_of_a_docstring_is_joined() -> None:
    assert attributes("    a: One\n        and more.\n    b: Two.\n\nMore.") == {"a": "One and more.", "b": "Two."}


def test_the_page_shows_every_operation_and_runs_no_script(client: Client) -> None:
    answer = client.get("/api/docs")
    assert answer.headers["content-type"].startswith("text/html")
    text = answer.body.decode()
    assert all(f"{API}{row.path}" in text for row in OPERATIONS)
    assert "<script" not in text
