"""Stands for the notebook's kernel: answers a widget's page with what the server's operations say of a real store."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

from runwatch.series import frame
from tests.unit.server.served import Client

API: Final = "/api/v1"
PARTS: Final = ["last", "min", "max", "count"]
FIRST: Final = 12
"""Charts of the standard view are pushed unasked."""
LINES: Final = 200

Message = dict[str, Any]


class Kernel:
    """The kernel's half of the channel of one widget, as docs/formats/widget.md has it.

    Args:
        client: The server over the store.
        run_id: The run that the widget shows.
        clock: The kernel's time, s UTC.
        more: What a store cannot say: ``queue``, ``progress``, ``links``, ``error``.
    """

    def __init__(self, client: Client, run_id: str, clock: float, **more: Any) -> None:
        self.client = client
        self.run_id = run_id
        self.clock = clock
        self.more = more
        self.heard: list[Message] = []
        self.is_busy = False

    def ask(self, call: str, body: object) -> Any:
        """What an operation answers."""
        answer = self.client.post(f"{API}{call}", body)
        assert answer.status == 200, answer.body
        return answer.json()

    def frames(self, charts: list[Message]) -> list[bytes]:
        """The charts as the server makes them."""
        return list(frame.split(self.client.post(f"{API}/series:batch", {"charts": charts}).body)) if charts else []

    def standard(self, best: Message | None = None) -> tuple[Message, list[bytes]]:
        """A push of everything that the standard view shows."""
        run = self.ask("/runs:get", {"run_id": self.run_id})
        metrics = self.ask("/metrics:list", {"run_id": self.run_id, "limit": 1000})["metrics"]
        page = self.ask("/runs:list", {"parent_run_id": self.run_id, "limit": 100})
        charts = [chart for metric in metrics if (chart := self._chart(metric))][:FIRST]
        push = {
            "run": run,
            "experiment": run["experiment"],
            "links": {"run": "https://studio.example/runs/1", "experiment": "https://studio.example/experiments/1"},
            "clock": self.clock,
            "queue": None,
            "progress": None,
            "metrics": metrics,
            "metrics_total": len(metrics),
            "children": {"total": len(page["runs"]), "runs": page["runs"], "best": best},
            **self._logs(),
            "frames": [{"chart": chart} for chart in charts],
            "finished": run["ended_at"] is not None,
            "error": None,
            **self.more,
        }
        return push, self.frames(charts)

    def hear(self, text: str) -> str:
        """A message of the page, and what is answered to it: a message with its buffers in base64, or nothing."""
        message = json.loads(text)
        self.heard.append(message)
        if "call" not in message or self.is_busy:
            return ""
        answer, buffers = self._answer(message["call"], message["body"])
        return pack({"id": message["id"], **answer}, buffers)

    def _answer(self, call: str, body: Any) -> tuple[Message, list[bytes]]:
        if call == "/series:batch":
            found = self.frames(body["charts"])
            return {"frames": len(found)}, found
        if call == "/artifacts:download":
            answer = self.client.get(f"{API}/artifacts:download?run_id={body['run_id']}&path={body['path']}")
            return {"media_type": answer.headers["content-type"]}, [answer.body]
        return {"answer": self.ask(call, body)}, []

    def _chart(self, metric: Message) -> Message | None:
        numeric = [column["column"] for column in metric["columns"] if column["numeric"]]
        if metric["kind"] not in {"scalar", "list", "table"} or not numeric or metric["rows"] < 2:
            return None
        name = metric["name"]
        x: Message = {"kind": "step"}
        if len(numeric) == 2 and len(metric["columns"]) == 2:
            x = {"kind": "metric", "metric": name, "column": numeric[0]}
        series = [{"run_id": self.run_id, "metric": name, "column": numeric[-1]}]
        return {"series": series, "x": {**x, "start": None, "end": None}, "buckets": 400, "parts": PARTS}

    def _logs(self) -> Message:
        files = self.ask("/artifacts:list", {"run_id": self.run_id})["artifacts"]
        logs = [
            {"path": file["path"], "size_bytes": file["size_bytes"]}
            for file in files
            if file["path"].startswith("azureml-logs/")
        ]
        if not logs:
            return {"logs": [], "log": None}
        path = logs[-1]["path"]
        page = self.ask("/logs:read", {"run_id": self.run_id, "path": path, "first": -LINES, "count": LINES})
        lines = page["lines"]
        log = {
            "path": path,
            "first_line": lines[0]["number"] if lines else 0,
            "lines": [line["text"] for line in lines],
            "total_lines": page["state"]["lines"],
        }
        return {"logs": logs, "log": log}


def pack(message: Message, buffers: list[bytes]) -> str:
    """A message as it gets into a page."""
    return json.dumps({"message": message, "buffers": [base64.b64encode(each).decode() for each in buffers]})
