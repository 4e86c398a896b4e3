"""What is new: growth, rewriting, replacement, cutting and completion, each told once."""

from __future__ import annotations

import pytest

from runwatch.schema.artifact import GetArtifact
from runwatch.schema.error import InvalidValueError
from runwatch.schema.log import LogNews
from tests.unit.store.log.conftest import PATH, Log


class Reader:
    """Keeps what a follower would show."""

    def __init__(self, log: Log, count: int = 1_000) -> None:
        self.log = log
        self.count = count
        self.shown: list[str] = []
        self.news: LogNews | None = None

    def step(self) -> LogNews:
        news = self.log.follow(self.news.position if self.news else None, self.count)
        if news.restarted:
            self.shown = []
        for line in news.lines:
            assert line.number <= len(self.shown)
            self.shown[line.number :] = [line.text, *self.shown[line.number + 1 :]]
        self.news = news
        return news

    def all(self) -> list[str]:
        while self.step().more:
            pass
        return self.shown


def test_lines_come_once(log: Log) -> None:
    log.append(b"one\ntw")
    reader = Reader(log)
    assert [line.text for line in reader.step().lines] == ["one", "tw"]
    assert reader.step().lines == ()
    log.append(b"o\nthree\n")
    assert [(line.number, line.text) for line in reader.step().lines] == [(1, "two"), (2, "three")]
    assert reader.step().lines == ()
    assert reader.shown == log.texts()


def test_rewritten_lines_come_again(log: Log) -> None:
    log.append(b"a\nb\nc\nbar0 0\nbar1 0")
    reader = Reader(log)
    reader.all()
    log.append(b"\r\x1b[1Abar0 5\nbar1 5")
    assert [line.text for line in reader.step().lines] == ["bar0 5", "bar1 5"]
    log.append(b"\r\x1b[1A\x1b[1A\x1b[2Kmessage\nbar0 6\nbar1 6")
    log.append(b"\r\x1b[1Abar0 7\nbar1 7")
    reader.step()
    assert reader.shown == ["a", "b", "message", "bar0 7", "bar1 7"] == log.texts()


@pytest.mark.parametrize("count", [1, 3, 7, 1_000])
def test_many_lines_come_in_parts(log: Log, count: int) -> None:
    reader = Reader(log, count)
    log.append(b"".join(b"%d\n" % n for n in range(50)))
    reader.step()
    log.append(b"\x1b[5Aup\n")
    log.append(b"".join(b"\r%d\n" % n for n in range(50)))
    assert reader.all() == log.texts()
    assert reader.step().lines == ()


def test_the_end(log: Log) -> None:
    log.append(b"one\ntwo")
    reader = Reader(log)
    assert not reader.step().ended
    log.seal()
    news = reader.step()
    assert news.ended
    assert not news.restarted
    assert reader.shown == ["one", "two"]


@pytest.mark.parametrize("content", [b"new\n", b"a new file that is longer than the old one\nand has more lines\n"])
def test_a_replaced_file_is_told(log: Log, content: bytes) -> None:
    log.append(b"old 1\nold 2\n")
    reader = Reader(log)
    reader.step()
    log.replace(content)
    news = reader.step()
    assert news.restarted
    assert reader.shown == content.decode().splitlines()
    assert not reader.step().restarted


def test_a_file_replaced_by_its_like_goes_on(log: Log) -> None:
    log.append(b"same\nsame\n")
    reader = Reader(log)
    reader.step()
    log.replace(b"same\nsame\nmore\n")
    news = reader.step()
    assert (news.restarted, [line.text for line in news.lines]) == (False, ["more"])


def test_a_file_that_was_emptied_is_told(log: Log) -> None:
    log.append(b"old\n")
    reader = Reader(log)
    reader.step()
    log.replace()
    assert reader.step().restarted
    log.append(b"x\n")
    assert reader.all() == ["x"]


def test_nothing_new_costs_one_look(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.append(b"one\n" * 10)
    reader = Reader(log)
    reader.all()
    calls: list[str] = []
    shelf = log.store.artifacts
    real = shelf.get

    def get(request: GetArtifact) -> object:
        calls.append("get")
        return real(request)

    monkeypatch.setattr(shelf, "get", get)
    monkeypatch.setattr(shelf, "read", lambda request: calls.append("read"))
    reader.step()
    assert calls == ["get"]
    assert reader.log.reader.memory_bytes < 10_000


def test_another_reader_understands_the_position(log: Log) -> None:
    """As after a restart of a server: a position holds all that is needed."""
    log.append(b"one\ntwo\n")
    position = log.follow().position
    log.append(b"three\n")
    log.reader = type(log.reader)(log.store.artifacts)
    assert [line.text for line in log.follow(position).lines] == ["three"]
    with pytest.raises(InvalidValueError):
        log.follow(position, count=0)
    assert PATH.startswith("logs/")
