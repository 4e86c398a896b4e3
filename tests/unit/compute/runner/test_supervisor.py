"""Whole courses of the runner, with real processes."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from runwatch.journal.job_file import JobProcess, ProcessExit, read_state
from runwatch.sdk.watcher.token import boot_id, process_token
from tests.unit.compute.runner.scene import (
    await_that,
    console,
    exit_of,
    make_command,
    make_job,
    marked,
    phase,
    run,
    running,
    say,
    start,
)  # fmt: skip

IGNORES_TERM = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready', flush=True); time.sleep(99)"
SLEEPS = "import time; print('ready', flush=True); time.sleep(99)"


@pytest.mark.parametrize(
    ("script", "code"),
    [("pass", 0), ("raise SystemExit(3)", 3), ("import os; os._exit(4)", 4), ("raise ValueError", 1)],
)
def test_an_exit_code(tmp_path: Path, script: str, code: int) -> None:
    job = make_job(tmp_path, script)
    done = run(job)
    assert (done.cause, done.code, done.signal, done.rank, done.left_behind) == ("exit", code, None, 0, 0)
    assert f"exit code {code} for process" in done.message
    assert done.processes == (ProcessExit(code=code, signal=None),)
    assert done.started_at is not None
    assert done.started_at <= done.ended_at
    names = {"job.json", "state.json", "exit.json", "console", "work"}
    assert set(os.listdir(job)) == names, "nothing hidden is left"
    assert (job / "exit.json").stat().st_mode & 0o777 == 0o600


def test_a_signal(tmp_path: Path) -> None:
    done = run(make_job(tmp_path, "import os; os.kill(os.getpid(), 11)"))
    assert (done.cause, done.code, done.signal) == ("signal", None, signal.SIGSEGV)
    assert "signal 11 (SIGSEGV)" in done.message


def test_killed_from_outside_is_a_signal(tmp_path: Path) -> None:
    job = make_job(tmp_path, SLEEPS)
    with running(job) as made:
        state = read_state(job)
        assert state is not None
        os.kill(state.processes[0].pid, signal.SIGKILL)
        assert made.wait(30) == 0
    assert (exit_of(job).cause, exit_of(job).signal) == ("signal", signal.SIGKILL)


def test_a_missing_program(tmp_path: Path) -> None:
    job = make_command(tmp_path, ("no-such-program", "x"))
    done = run(job)
    assert (done.cause, done.code, done.signal) == ("exit", 127, None)
    assert done.message == "The program 'no-such-program' could not be started: No such file or directory."
    assert console(job).decode() == f"runwatch: {done.message}\n"


@pytest.mark.parametrize("content", ["no program", "#!/bin/sh\n"])
def test_not_executable(tmp_path: Path, content: str) -> None:
    program = tmp_path / "program"
    program.write_text(content)
    program.chmod(0o755 if content == "no program" else 0o644)
    done = run(make_command(tmp_path, (str(program),)))
    assert (done.cause, done.code) == ("exit", 126)
    assert str(program) in done.message


def test_a_missing_working_folder(tmp_path: Path) -> None:
    done = run(make_job(tmp_path, "pass", cwd=str(tmp_path / "none")))
    assert (done.cause, done.code) == ("exit", 127)
    assert "working folder" in done.message


def test_a_console_that_cannot_be_opened(tmp_path: Path) -> None:
    process = JobProcess(argv=(sys.executable,), console=str(tmp_path / "none" / "console"))
    done = run(make_job(tmp_path, processes=(process,)))
    assert (done.cause, done.code) == ("exit", 127)
    assert "console file" in done.message


def test_a_zero_byte_in_an_argument_ends_the_job_alone(tmp_path: Path) -> None:
    done = run(make_command(tmp_path, ("echo", "a\0b")))
    assert (done.cause, done.code) == ("exit", 127)


def test_what_a_process_is_given(tmp_path: Path) -> None:
    script = """
import json, os, signal, sys
blocked = signal.pthread_sigmask(signal.SIG_BLOCK, [])
status = dict(line.split(":", 1) for line in open("/proc/self/status") if ":" in line)
print(json.dumps({"environment": dict(os.environ), "cwd": os.getcwd(), "leads": os.getsid(0) == os.getpid(),
    "input": sys.stdin.read(), "blocked": len(blocked), "ignored": int(status["SigIgn"], 16),
    "descriptors": sorted(os.listdir("/proc/self/fd"))}))
"""
    job = make_command(
        tmp_path, (sys.executable, "-S", "-c", script), environment={"A": "ä€", "PATH": os.environ["PATH"]}
    )
    assert run(job).code == 0
    seen = json.loads(console(job))
    seen["environment"].pop("LC_CTYPE", None)  # Python sets it itself where there is no locale
    assert seen["environment"] == {"A": "ä€", "PATH": os.environ["PATH"], "RANK": "0"}
    assert seen["cwd"] == str((job / "work").resolve())
    assert (seen["leads"], seen["input"], seen["blocked"]) == (True, "", 0)
    python_ignores = {signal.SIGPIPE, signal.SIGXFSZ}
    # Signals 32 and 33 belong to the C library and cannot be set from outside it: what a parent of this process
    # left them at stays.
    ignored = {number for number in signal.valid_signals() if seen["ignored"] >> number - 1 & 1}
    assert ignored <= python_ignores
    assert len(seen["descriptors"]) == 4, "the three, and the one that lists them"


def test_both_streams_stay_in_order_and_bytes_are_bytes(tmp_path: Path) -> None:
    script = r"""
import os
for number in range(200):
    os.write(1 + number % 2, b"%d\n" % number)
os.write(2, b"\xff\xfe\x00 no newline")
"""
    job = make_job(tmp_path, script)
    (job / "console" / "0").write_bytes(b"before\n")
    run(job)
    numbers = b"".join(b"%d\n" % number for number in range(200))
    assert console(job) == b"before\n" + numbers + b"\xff\xfe\x00 no newline"


def test_a_large_console(tmp_path: Path) -> None:
    job = make_job(tmp_path, "import os\nfor _ in range(320): os.write(1, bytes(65536))")
    assert run(job).code == 0
    assert (job / "console" / "0").stat().st_size == 320 * 65536


def test_the_working_folder_may_go(tmp_path: Path) -> None:
    job = make_job(tmp_path, "import os; os.rmdir(os.getcwd())")
    assert run(job).code == 0
    assert not (job / "work").exists()


def test_cancel_that_is_heard(tmp_path: Path) -> None:
    script = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7)); print('ready'); time.sleep(99)"
    job = make_job(tmp_path, script)
    with running(job) as made:
        made.terminate()
        assert made.wait(15) == 0, "the grace of 20 s is not waited for"
    done = exit_of(job)
    assert (done.cause, done.code, done.signal, done.left_behind) == ("canceled", 7, None, 0)
    assert done.message.startswith("The job was canceled; the kernel reported exit code 7")


def test_cancel_that_is_not_heard(tmp_path: Path) -> None:
    job = make_job(tmp_path, IGNORES_TERM, grace_s=0.5)
    with running(job) as made:
        made.terminate()
        assert made.wait(30) == 0
    assert (exit_of(job).cause, exit_of(job).signal) == ("canceled", signal.SIGKILL)


def test_a_second_cancel_hurries(tmp_path: Path) -> None:
    job = make_job(tmp_path, IGNORES_TERM, grace_s=200.0)
    with running(job) as made:
        made.terminate()
        await_that(lambda: phase(job) == "ending", "the first one was heard")
        assert made.poll() is None
        made.terminate()
        assert made.wait(30) == 0
    assert (exit_of(job).cause, exit_of(job).signal) == ("canceled", signal.SIGKILL)


def test_grace_is_for_the_whole_tree(tmp_path: Path) -> None:
    """A shell dies of SIGTERM at once; the program it started may still save what it has."""
    saving = "import signal, sys, time; signal.signal(15, lambda *_: (time.sleep(1.5), print('saved'), sys.exit(0)))"
    inner = f"{sys.executable} -u -S -c \"{saving}; print('ready'); time.sleep(99)\""
    job = make_command(tmp_path, ("/bin/sh", "-c", f"{inner}; true"))
    with running(job) as made:
        made.terminate()
        assert made.wait(30) == 0
    assert (exit_of(job).cause, exit_of(job).signal) == ("canceled", signal.SIGTERM)
    assert b"saved" in console(job)


def test_interrupt_and_hang_up_are_not_for_the_runner(tmp_path: Path) -> None:
    job = make_job(tmp_path, SLEEPS)
    with running(job) as made:
        for number in (signal.SIGINT, signal.SIGHUP):
            made.send_signal(number)
        made.terminate()
        assert made.wait(30) == 0
    assert exit_of(job).cause == "canceled"


def test_timeout(tmp_path: Path) -> None:
    job = make_job(tmp_path, IGNORES_TERM, grace_s=0.2, max_duration_s=1.0)
    done = run(job)
    assert (done.cause, done.signal) == ("timeout", signal.SIGKILL)
    assert "after 1 s" in done.message
    assert b"ready" in console(job)


def test_the_first_that_fails_ends_the_others(tmp_path: Path) -> None:
    waits = "import os, sys, time\nwhile not os.path.exists('go'): time.sleep(0.01)\nsys.exit(9)"
    touches = "import pathlib, time; pathlib.Path('go').touch(); time.sleep(99)"
    done = run(make_job(tmp_path, touches, waits, "pass"))
    assert (done.cause, done.code, done.rank) == ("exit", 9, 1)
    assert "(rank 1)" in done.message
    by_term = ProcessExit(code=None, signal=signal.SIGTERM)
    assert done.processes[:2] == (by_term, ProcessExit(code=9, signal=None))


def test_all_have_to_end_well(tmp_path: Path) -> None:
    job = make_job(tmp_path, "pass", "import os; print(os.environ['RANK'])")
    done = run(job)
    assert (done.cause, done.code, done.processes) == ("exit", 0, (ProcessExit(code=0, signal=None),) * 2)
    assert (console(job), console(job, 1)) == (b"", b"1\n")


def test_a_rank_that_cannot_start_ends_the_others(tmp_path: Path) -> None:
    done = run(make_command(tmp_path, ("sleep", "99"), ("no-such-program",)))
    assert (done.cause, done.code, done.rank) == ("exit", 127, 1)
    assert done.processes[0].signal == signal.SIGTERM


@pytest.mark.parametrize("cgroup", [True, False])
def test_daemons_do_not_survive(tmp_path: Path, cgroup: bool) -> None:
    """Out of the session, the group and the parent, and deaf to what one may be deaf to."""
    mark = f"mark-{tmp_path.name}-{os.getpid()}"
    line = f"(setsid nohup /bin/sh -c 'trap \"\" TERM HUP; while :; do sleep 1; done' {mark} >/dev/null 2>&1 &)"
    job = make_command(tmp_path, ("/bin/sh", "-c", f"{line}; {line}; sleep 0.3"), cgroup=cgroup)
    made = start(job)
    await_that(lambda: len(marked(f"x{mark}")) == 0 and len(marked(mark)) >= 2, "the daemons are there")
    assert made.wait(60) == 0
    done = exit_of(job)
    assert (done.cause, done.code) == ("exit", 0)
    assert done.left_behind >= 2
    assert marked(mark) == []


def test_cancel_ends_daemons_too(tmp_path: Path) -> None:
    mark = f"mark-{tmp_path.name}-{os.getpid()}"
    line = f"(setsid nohup /bin/sh -c 'trap \"\" TERM; echo ready; while :; do sleep 1; done' {mark} &)"
    job = make_command(tmp_path, ("/bin/sh", "-c", f"{line}; sleep 99; true"), grace_s=0.5)
    with running(job) as made:
        assert marked(mark)
        made.terminate()
        assert made.wait(30) == 0
    assert exit_of(job).cause == "canceled"
    assert exit_of(job).left_behind >= 1
    assert marked(mark) == []


def test_what_ends_by_itself_is_not_left_behind(tmp_path: Path) -> None:
    done = run(make_command(tmp_path, ("/bin/sh", "-c", "sleep 0.1 & exit 5")))
    assert (done.code, done.left_behind) == (5, 0)


def test_state_says_who_runs(tmp_path: Path) -> None:
    job = make_job(tmp_path, SLEEPS)
    made = start(job, go=None)
    await_that(lambda: phase(job) == "waiting", "it waits")
    waiting = read_state(job)
    assert waiting is not None
    assert (waiting.pid, waiting.started_at, waiting.processes) == (made.pid, None, ())
    assert waiting.started == process_token(made.pid)
    assert waiting.boot_id == boot_id()
    say(made, b"g")
    await_that(lambda: phase(job) == "running", "it runs")
    state = read_state(job)
    assert state is not None
    assert [process.started for process in state.processes] == [process_token(state.processes[0].pid)]
    assert state.started_at is not None
    made.terminate()
    assert made.wait(30) == 0


@pytest.mark.parametrize("word", [b"", b"x"])
def test_nothing_starts_without_the_word(tmp_path: Path, word: bytes) -> None:
    job = make_job(tmp_path, "open('started', 'w')")
    made = start(job, go=word)
    assert made.wait(30) == 0
    done = exit_of(job)
    assert (done.cause, done.code, done.started_at, done.processes) == ("not_started", None, None, ())
    assert os.listdir(job / "work") == []


def test_cancel_before_the_word(tmp_path: Path) -> None:
    job = make_job(tmp_path, "open('started', 'w')")
    made = start(job, go=None)
    await_that(lambda: phase(job) == "waiting", "it waits")
    made.terminate()
    assert made.wait(30) == 0
    assert made.stdin is not None
    made.stdin.close()
    assert (exit_of(job).cause, exit_of(job).started_at) == ("canceled", None)
    assert os.listdir(job / "work") == []


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"v": 2}', '{"v": 1, "cwd": 3, "grace_s": 1, "processes": []}']
)
def test_a_job_that_cannot_be_read_is_not_started(tmp_path: Path, content: str) -> None:
    (tmp_path / "job.json").write_text(content)
    assert start(tmp_path).wait(30) == 0
    assert exit_of(tmp_path).cause == "not_started"
    assert "could not be read" in exit_of(tmp_path).message


def test_a_quiet_runner_sleeps(tmp_path: Path) -> None:
    job = make_job(tmp_path, SLEEPS)
    with running(job) as made:
        process = psutil.Process(made.pid)
        await_that(lambda: process.status() == psutil.STATUS_SLEEPING, "it has nothing to do")
        time.sleep(0.3)
        before = process.num_ctx_switches().voluntary
        time.sleep(1.0)
        assert process.num_ctx_switches().voluntary == before, "it woke up for nothing"


def test_a_control_group_does_not_stay(tmp_path: Path) -> None:
    job = make_job(tmp_path, SLEEPS)
    with running(job) as made:
        state = read_state(job)
        assert state is not None
        if state.cgroup is None:
            pytest.skip("no control group can be made here")
        members = (Path(state.cgroup) / "cgroup.procs").read_text().split()
        assert members == [str(state.processes[0].pid)]
        made.terminate()
        assert made.wait(30) == 0
    assert not Path(state.cgroup).exists()


def test_wrong_arguments() -> None:
    from runwatch.compute.runner.supervisor import main

    assert main([]) == 2
