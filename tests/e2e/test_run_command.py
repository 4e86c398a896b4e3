"""`runwatch run`: a command recorded as it stands, on a terminal and through pipes, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.schema.artifact import ListArtifacts, ReadArtifact
from runwatch.schema.metric import ListMetrics
from runwatch.schema.run import ExitKind, ListRuns, Run, RunStatus
from runwatch.store.location import open_store
from runwatch.store.protocol import Store

COMMAND = [sys.executable, "-m", "runwatch.cli", "run"]
LOG = "azureml-logs/70_driver_log.txt"
PATIENCE_S = 60.0

TRAIN = """
import os, sys
from runwatch import Run
run = Run.get_context(allow_offline=False)
run.log("loss", 0.5)
os.makedirs("outputs", exist_ok=True)
open("outputs/model.txt", "w").write("weights")
os.makedirs("logs", exist_ok=True)
open("logs/extra.txt", "w").write("more")
print("trained")
"""

WAIT = "import sys, time; print('ready', flush=True); time.sleep(120)"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


@pytest.fixture
def environment(place: Path, tmp_path: Path) -> dict[str, str]:
    own = {"RUNWATCH_WORKSPACE": str(place), "XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **own, "RUNWATCH_SYSTEM_INTERVAL_S": "0"}


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    made = open_store(str(place))
    yield made
    made.close()


def the_run(store: Store) -> Run:
    (found,) = store.runs.list(ListRuns()).runs
    return found


def ended(store: Store) -> Run:
    """The run once it has ended."""
    until(lambda: the_run(store).status.is_terminal)
    return the_run(store)


def text(store: Store, run: Run, path: str = LOG) -> str:
    return store.artifacts.read(ReadArtifact(run_id=run.run_id, path=path)).data.decode()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


class Shell:
    """A terminal of its own in which a command runs in the foreground, as a shell would have it."""

    def __init__(self, words: list[str], environment: dict[str, str], folder: Path, columns: int = 91) -> None:
        self.shown = b""
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may have it ignored, as nohup does
            os.execvpe(words[0], words, environment)
        self.resize(columns)

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def type(self, keys: bytes) -> None:
        os.write(self.screen, keys)

    def read_until(self, words: bytes) -> None:
        while words not in self.shown:
            self.shown += os.read(self.screen, 65_536)

    def end(self) -> int:
        """What the command ended with, once all that it showed has been read."""
        with contextlib.suppress(OSError):  # the other end has gone
            while part := os.read(self.screen, 65_536):
                self.shown += part
        os.close(self.screen)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def piped(words: list[str], environment: dict[str, str], folder: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **more,
    )


def start(words: list[str], environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    """A command whose process has printed its first line."""
    process = subprocess.Popen(
        [*COMMAND, *words], env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_script_without_a_change(environment: dict[str, str], folder: Path, store: Store) -> None:
    (folder / "train.py").write_text(TRAIN)
    words = ["-e", "mine", "--name", "first", "--tag", "team=vision", sys.executable, "train.py", "--lr", "0.1"]
    done = piped(words, environment, folder)
    run = the_run(store)
    assert (done.returncode, done.stdout) == (0, "trained\n"), done.stderr
    assert run.run_id in done.stderr
    assert (run.status, run.experiment, run.type, run.target) == (RunStatus.COMPLETED, "mine", None, "local")
    assert (run.display_name, run.tags) == ("first", {"team": "vision"})
    assert run.exit is not None
    assert (run.exit.kind, run.exit.code) == (ExitKind.COMPLETED, 0)
    assert text(store, run) == "trained\n"
    found = {each.path for each in store.artifacts.list(ListArtifacts(run_id=run.run_id)).artifacts}
    assert found == {LOG, "outputs/model.txt", "logs/extra.txt"}
    assert [each.name for each in store.metrics.list(ListMetrics(run_id=run.run_id)).metrics] == ["loss"]


def test_both_streams_stay_apart_and_are_kept_by_line(environment: dict[str, str], folder: Path, store: Store) -> None:
    script = (
        "import sys, time\nfor n in range(20):\n"
        "    print('out', n); time.sleep(.02); print('err', n, file=sys.stderr); time.sleep(.02)"
    )
    done = piped([sys.executable, "-c", script], environment, folder)
    out, err = [f"out {n}\n" for n in range(20)], [f"err {n}\n" for n in range(20)]
    assert done.stdout == "".join(out)
    assert "".join(err) in done.stderr
    kept = text(store, the_run(store)).splitlines(keepends=True)
    assert sorted(kept) == sorted(out + err)
    assert [line for line in kept if line.startswith("out")] == out
    assert [line for line in kept if line.startswith("err")] == err


def test_input_and_a_flood_of_output(environment: dict[str, str], folder: Path, store: Store) -> None:
    script = "import sys; data = sys.stdin.read(); sys.stdout.write(data * 1000)"
    done = piped([sys.executable, "-c", script], environment, folder, input="0123456789abcde\n" * 100)
    assert done.stdout == "0123456789abcde\n" * 100_000
    run = the_run(store)
    (log,) = store.artifacts.list(ListArtifacts(run_id=run.run_id)).artifacts
    assert (log.path, log.size_bytes) == (LOG, 1_600_000)


@pytest.mark.parametrize(
    ("script", "code", "kind", "message"),
    [
        ("import sys; sys.exit(7)", 7, ExitKind.EXIT_CODE, "exit code 7"),
        ("raise ValueError('no')", 1, ExitKind.EXCEPTION, "ValueError: no"),
        ("import os; os.kill(os.getpid(), 9)", 137, ExitKind.SIGNAL, "SIGKILL"),
        ("import os; os.close(1); os.close(2); os._exit(3)", 3, ExitKind.EXIT_CODE, "exit code 3"),
    ],
)
def test_how_it_failed(
    environment: dict[str, str], folder: Path, store: Store, script: str, code: int, kind: ExitKind, message: str
) -> None:
    done = piped([sys.executable, "-c", script], environment, folder)
    run = the_run(store)
    assert done.returncode == code
    assert run.status is RunStatus.FAILED
    assert run.exit is not None
    assert run.error is not None
    assert run.exit.kind is kind
    assert message in run.error.message


def test_what_is_no_program_leaves_no_run(environment: dict[str, str], folder: Path, store: Store) -> None:
    assert piped(["--", "no-such-program"], environment, folder).returncode == 127
    assert store.runs.list(ListRuns()).runs == ()
    (folder / "broken").write_text("#!/no/such/interpreter\n")
    (folder / "broken").chmod(0o700)
    done = piped(["./broken"], environment, folder)
    assert (done.returncode, the_run(store).status) == (127, RunStatus.FAILED)
    assert the_run(store).exit.kind is ExitKind.NOT_STARTED  # type: ignore[union-attr]


def test_what_it_leaves_behind_does_not_hold_it(environment: dict[str, str], folder: Path, store: Store) -> None:
    script = "import subprocess; p = subprocess.Popen(['sleep', '100']); print(p.pid)"
    done = piped([sys.executable, "-c", script], environment, folder)
    os.kill(int(done.stdout), signal.SIGKILL)
    assert the_run(store).status is RunStatus.COMPLETED


def test_a_reader_that_goes_ends_it_as_without_us(environment: dict[str, str], folder: Path, store: Store) -> None:
    process = start(["sh", "-c", "echo ready; while echo y; do :; done"], environment, folder)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(PATIENCE_S) == 128 + signal.SIGPIPE
    assert ended(store).status is RunStatus.FAILED


def test_signals_are_passed_on(environment: dict[str, str], folder: Path, store: Store) -> None:
    script = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGUSR1, lambda *_: print('heard', flush=True))\n"
        "print('ready', flush=True)\nwhile True: time.sleep(.05)"
    )
    process = start([sys.executable, "-c", script], environment, folder)
    process.send_signal(signal.SIGUSR1)
    assert process.stdout is not None
    assert process.stdout.readline() == "heard\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_S)
    run = the_run(store)
    assert process.returncode == 128 + signal.SIGTERM
    assert run.exit is not None
    assert (run.status, run.exit.kind, run.exit.signal) == (RunStatus.FAILED, ExitKind.SIGNAL, signal.SIGTERM)


def test_killed_itself_it_takes_the_command_along_and_its_run_says_so(
    environment: dict[str, str], folder: Path, store: Store
) -> None:
    script = f"import os; open('pid', 'w').write(str(os.getpid())); {WAIT}"
    process = start([sys.executable, "-c", script], environment, folder)
    process.kill()
    process.communicate(timeout=PATIENCE_S)
    run = ended(store)
    assert (run.status, text(store, run)) == (RunStatus.FAILED, "ready\n")
    assert run.exit is not None
    assert run.exit.kind in {ExitKind.SIGNAL, ExitKind.LOST}  # older kernels do not say how a process ended
    assert not Path("/proc", (folder / "pid").read_text(), "exe").exists()


def test_on_a_terminal_it_has_a_terminal(environment: dict[str, str], folder: Path, store: Store) -> None:
    script = (
        "import os, sys, time\n"
        "print('tty', sys.stdin.isatty(), sys.stdout.isatty(), sys.stderr.isatty(), os.get_terminal_size().columns)\n"
        "for n in range(3): print(f'\\r{n} of 3', end='', file=sys.stderr); time.sleep(.05)\n"
        "print('\\ndone', input('name? '))"
    )
    shell = Shell([*COMMAND, sys.executable, "-c", script], environment, folder)
    shell.read_until(b"name? ")
    shell.type(b"me\n")
    assert shell.end() == 0
    assert b"tty True True True 91\r\n" in shell.shown
    assert b"\r0 of 3\r1 of 3\r2 of 3" in shell.shown
    assert b"done me" in shell.shown
    kept = text(store, the_run(store))
    assert kept == "tty True True True 91\n\r0 of 3\r1 of 3\r2 of 3name? \ndone me\n"


def test_a_terminal_that_is_resized(environment: dict[str, str], folder: Path) -> None:
    script = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGWINCH, lambda *_: print('now', os.get_terminal_size().columns, flush=True))\n"
        "print('ready', flush=True)\ninput()"
    )
    shell = Shell([*COMMAND, sys.executable, "-c", script], environment, folder)
    shell.read_until(b"ready")
    shell.resize(57)
    shell.read_until(b"now 57")
    shell.type(b"\n")
    assert shell.end() == 0


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (WAIT, 130),
        (
            "import sys, time\ntry: print('ready', flush=True); time.sleep(120)\nexcept KeyboardInterrupt: sys.exit(4)",
            4,
        ),
    ],
)
def test_ctrl_c_interrupts_it_once(
    environment: dict[str, str], folder: Path, store: Store, script: str, code: int
) -> None:
    shell = Shell([*COMMAND, sys.executable, "-c", script], environment, folder)
    shell.read_until(b"ready")
    shell.type(b"\x03")
    assert shell.end() == code
    run = ended(store)
    assert run.exit is not None
    assert (run.status, run.exit.kind) == (RunStatus.CANCELED, ExitKind.INTERRUPTED)
    assert shell.shown.count(b"KeyboardInterrupt") == (script == WAIT)


def test_a_command_that_heeds_ctrl_c_and_completes_has_completed(
    environment: dict[str, str], folder: Path, store: Store
) -> None:
    script = "import time\ntry: print('ready', flush=True); time.sleep(120)\nexcept KeyboardInterrupt: print('saved')"
    process = start([sys.executable, "-c", script], environment, folder)
    process.send_signal(signal.SIGINT)  # to it alone, so that it has to be passed on
    assert process.communicate(timeout=PATIENCE_S)[0] == "saved\n"
    assert (process.returncode, the_run(store).status) == (0, RunStatus.COMPLETED)


def test_a_terminal_that_is_closed(environment: dict[str, str], folder: Path, store: Store) -> None:
    shell = Shell([*COMMAND, sys.executable, "-c", WAIT], environment, folder)
    shell.read_until(b"ready")
    os.close(shell.screen)
    os.waitpid(shell.pid, 0)
    run = ended(store)
    assert run.exit is not None
    assert (run.status, run.exit.signal) == (RunStatus.FAILED, signal.SIGHUP)
