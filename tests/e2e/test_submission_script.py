"""How submitted scripts end, and what they print: each is told truly and completely."""

from __future__ import annotations

import hashlib

import pytest

from runwatch import AmlCompute, ComputeTarget, Run
from runwatch.schema.run import ExitKind, GetRun
from tests.e2e.site import DRIVER_LOG, Site, console, ended

pytestmark = pytest.mark.timeout(300)

SCRIPTS = {
    "plain": "print('no runwatch here')",
    "exception": "def f():\n    raise ValueError('no luck')\nf()",
    "recorded exception": "from runwatch import Run\nRun.get_context().log('a', 1)\nraise KeyError('b')",
    "chained": "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise RuntimeError('it broke') from error",
    "exit code": "import sys; sys.exit(3)",
    "exit text": "import sys; sys.exit('the data are empty')",
    "handled, then a code": (
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    import traceback; traceback.print_exc()\nraise SystemExit(4)"
    ),
    "exit zero": "import sys; from runwatch import Run; Run.get_context().log('a', 1); sys.exit(0)",
    "hard exit": "import os; from runwatch import Run; Run.get_context().log('a', 1); os._exit(7)",
    "killed": "import os; print('about to', flush=True); os.kill(os.getpid(), 9)",
    "terminated": "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
    "handled": "try:\n    1 / 0\nexcept ZeroDivisionError:\n    import traceback; traceback.print_exc()",
    "bars": (
        "import sys\nfor k in range(101):\n    sys.stderr.write(f'\\r{k:3d}%|{\"#\" * (k // 10)}|')\n"
        "sys.stderr.flush()\n"
        "sys.stdout.write('no end of line')"
    ),
    "junk": "import os; os.write(1, bytes(range(256))); os.write(2, b'\\xff\\xfe\\n'); print('after')",
    "own tree": "import os, shutil; shutil.rmtree(os.getcwd()); print('gone')",
}


@pytest.fixture(scope="module")
def runs(site: Site) -> dict[str, Run]:
    """All of them, on a cluster with two slots."""
    two = ComputeTarget.create(site.workspace, "two", AmlCompute.provisioning_configuration(max_nodes=2))
    submitted = {name: site.submit(script, compute_target=two) for name, script in SCRIPTS.items()}
    return {name: ended(run) for name, run in submitted.items()}


def fault(run: Run) -> tuple[str, str, str]:
    """Code, message and traceback of a run that failed."""
    assert run.status == "Failed", console(run)
    error = run.get_details()["error"]["error"]
    return error["code"], error["message"], (error["debugInfo"] or {"stackTrace": ""})["stackTrace"]


def cause(site: Site, run: Run) -> tuple[ExitKind, int | None, int | None]:
    found = site.workspace.store.runs.get(GetRun(run_id=run.id)).exit
    assert found is not None
    return found.kind, found.code, found.signal


@pytest.mark.parametrize("name", ["plain", "exit zero", "handled", "bars", "junk", "own tree"])
def test_scripts_that_end_well(runs: dict[str, Run], name: str) -> None:
    assert runs[name].status == "Completed", console(runs[name])
    assert "error" not in runs[name].get_details()


def test_what_was_printed(runs: dict[str, Run]) -> None:
    assert console(runs["plain"]) == "no runwatch here\n"
    assert console(runs["killed"]) == "about to\n"
    bars = "".join(f"\r{k:3d}%|{'#' * (k // 10)}|" for k in range(101))
    assert console(runs["bars"]) == f"{bars}no end of line"
    assert console(runs["own tree"]) == "gone\n"


def test_bytes_that_are_no_text_are_kept(runs: dict[str, Run], tmp_path: str) -> None:
    runs["junk"].download_file(DRIVER_LOG, str(tmp_path))
    with open(f"{tmp_path}/70_driver_log.txt", "rb") as file:
        assert file.read() == bytes(range(256)) + b"\xff\xfe\nafter\n"


def test_exceptions_with_their_tracebacks(runs: dict[str, Run], site: Site) -> None:
    code, message, trace = fault(runs["exception"])
    assert (code, message) == ("UserError", "ValueError: no luck")
    assert 'train.py", line 2, in f' in trace
    code, message, trace = fault(runs["recorded exception"])
    assert (code, message) == ("UserError", "KeyError: 'b'")
    assert 'train.py", line 3, in <module>' in trace
    assert runs["recorded exception"].get_metrics() == {"a": 1}
    assert fault(runs["chained"])[1] == "RuntimeError: it broke"
    for name in ("exception", "recorded exception", "chained"):
        assert cause(site, runs[name]) == (ExitKind.EXCEPTION, 1, None)


def test_exit_codes(runs: dict[str, Run], site: Site) -> None:
    for name, code in {"exit code": 3, "exit text": 1, "hard exit": 7, "handled, then a code": 4}.items():
        kind, message, trace = fault(runs[name])
        assert (kind, trace) == ("ExitCode", "")
        assert f"exit code {code}" in message
        assert cause(site, runs[name]) == (ExitKind.EXIT_CODE, code, None)
    assert console(runs["exit text"]) == "the data are empty\n"
    assert runs["hard exit"].get_metrics() == {"a": 1}


def test_signals(runs: dict[str, Run], site: Site) -> None:
    for name, number, word in (("killed", 9, "SIGKILL"), ("terminated", 15, "SIGTERM")):
        code, message, _ = fault(runs[name])
        assert code == "Signal"
        assert word in message
        assert cause(site, runs[name]) == (ExitKind.SIGNAL, None, number)


@pytest.mark.slow
def test_a_flood_of_output_is_complete(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    line, count = "x" * 99 + "\n", 1_000_000
    run = site.submit(
        f"import sys\nfor _ in range({count // 1000}): sys.stdout.write(({line!r}) * 1000)\nprint('last')"
    )
    run.wait_for_completion(show_output=True)
    printed = capsys.readouterr().out
    assert printed.count(line) == count
    assert printed.index("last\n\nExecution Summary") > len(line) * count
    digest = hashlib.sha256(console(run).encode()).hexdigest()
    assert digest == hashlib.sha256((line * count + "last\n").encode()).hexdigest()
