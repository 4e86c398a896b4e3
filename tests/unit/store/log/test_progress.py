"""Progress bars: what tqdm writes is understood, and nothing else."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tqdm import tqdm

from runwatch.store.log.progress import Progress, find_progress, parse_progress


def test_what_tqdm_writes_is_read_back() -> None:
    out = io.StringIO()
    with tqdm(total=200, desc="epoch 3", file=out, mininterval=0, ncols=80) as bar:
        bar.update(50)
        bar.update(50)
    found = parse_progress(out.getvalue().rstrip("\n").split("\r")[-1])
    assert found is not None
    assert (found.done, found.total, found.text) == (100.0, 200.0, "epoch 3")


@pytest.mark.parametrize(
    ("line", "progress"),
    [
        (" 30%|███       | 30/100 [00:03<00:07, 9.61it/s]",
         Progress(done=30, total=100, rate=9.61, remaining_s=7)),
        ("train:  5%|▌| 1.50k/30.0k [01:00<1:02:03, 2.00s/it, loss=0.5]",
         Progress(done=1500, total=30000, rate=0.5, remaining_s=3723, text="train")),
        ("17it [00:02,  8.40it/s]", Progress(done=17, rate=8.4)),
        ("  0%|          | 0/20 [00:00<?, ?it/s]", Progress(done=0, total=20)),
        ("\x1b[32m 50%|█████     | 5/10\x1b[0m [00:05<00:05,  1.00it/s]",
         Progress(done=5, total=10, rate=1.0, remaining_s=5)),
    ],
)  # fmt: skip
def test_bars(line: str, progress: Progress) -> None:
    assert parse_progress(line) == progress


@pytest.mark.parametrize("line", ["", "loss 0.5", "2026/01/05 [info] started", "1.2.3/4 [00:01<00:02, 1it/s]", "5/10"])
def test_other_lines_are_no_progress(line: str) -> None:
    assert parse_progress(line) is None


def test_the_last_bar_counts() -> None:
    lines = [" 1/10 [00:01<00:09, 1.0it/s]", "saved", " 7/10 [00:07<00:03, 1.0it/s]", "done soon"]
    found = find_progress(lines)
    assert found is not None
    assert found.done == 7


@given(st.text(max_size=2_000))
def test_any_line_is_taken(line: str) -> None:
    parse_progress(line)


@given(st.text(alphabet="0123456789./ [<:,s|k]", max_size=5_000))
def test_hostile_lines_are_taken(line: str) -> None:
    parse_progress(line)
