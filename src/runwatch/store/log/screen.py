"""The screen of a terminal that prints line by line: where the cursor is, and which bytes each row shows."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from runwatch.store.log.row import REACH, Rows
from runwatch.store.log.sequence import MOVE, IntArray, has_text

_STATES_BACK: Final = 16
"""How many states without text are looked behind for one with text, before all are gone through from the first."""


class Screen:
    """Takes the bytes of a log in order and notes which of them each row shows in the end.

    A row shows its last *state* that has text: what stands behind a carriage return, a movement or an erasure, up to
    the next one. Bytes come in any parts that do not cut a control sequence.

    Attributes:
        rows: What each row shows.
        row: The row of the cursor.
    """

    def __init__(self) -> None:
        self.rows = Rows()
        self.row = 0
        self._raised: list[tuple[int, int]] = []  # (byte, row) of movements upward; both ascend
        self._start_line(0)

    @property
    def fresh(self) -> bool:
        """Whether nothing was written since the last line end, and the cursor is below all rows."""
        return self._untouched and self.row == len(self.rows)

    @property
    def begin(self) -> int:
        """The byte at which the line that is being written begins."""
        return self._begin

    @property
    def settled(self) -> int:
        """The first row that is likely to change, judged by where the cursor went last."""
        targets = [row for _, row in self._raised[-1:] if row >= len(self.rows) - REACH]
        return min([self.row, *targets])

    def lowest_since(self, byte: int) -> int:
        """The uppermost row the cursor has been in since it was behind this byte, but for its row at that time."""
        place = bisect_right(self._raised, byte, key=lambda raised: raised[0])
        return min([self.row, *(row for _, row in self._raised[place : place + 1])])

    def take_plain(self, starts: IntArray, ends: IntArray, following: int) -> None:
        """Take whole lines without movements; only on a fresh row.

        Args:
            starts: The byte at which each line begins.
            ends: The byte behind its text.
            following: The byte at which the next line begins.
        """
        self.rows.extend(starts, ends)
        self.row = len(self.rows)
        self._start_line(following)

    def write(self, data: bytes, offset: int) -> None:
        """Take bytes without line feeds, which stand at an offset of the file."""
        place = self._pass_over(data, offset)
        for move in MOVE.finditer(data, place):
            self._cover(data[place : move.start()], offset + move.start())
            self._move(move[1] or b"", move[2] or b"", offset + move.end())
            place = move.end()
        self._cover(data[place:], offset + len(data))

    def end_line(self, end: int, following: int) -> None:
        """Take a line feed.

        Args:
            end: The byte behind the line's text.
            following: The byte at which the next line begins.
        """
        if self._plain:
            self.rows.put(self.row, self._begin, end, odd=False)
        elif self.row == len(self.rows):
            self.rows.put(self.row, end, end)
        else:
            self.rows.mark(self.row)
        self.row += 1
        self._start_line(following)

    def _start_line(self, offset: int) -> None:
        self._begin = self._state = offset
        self._untouched = True
        self._covering = False
        self._plain = self.row == len(self.rows)  # and as long as the cursor does not move

    def _pass_over(self, data: bytes, offset: int) -> int:
        """Where the last state with text begins, if carriage returns are all there is: an hour of progress bar."""
        if b"\x1b" in data:
            return 0
        end = len(data)
        for _ in range(_STATES_BACK):
            begin = data.rfind(b"\r", 0, end) + 1
            if begin == 0:
                return 0
            if has_text(data[begin:end]):
                self._move(b"", b"", offset + begin)
                return begin
            end = begin - 1
        return 0

    def _cover(self, piece: bytes, end: int) -> None:
        if not piece:
            return
        self._untouched = False
        if self._covering or self.row == len(self.rows) or has_text(piece):
            self._covering = True
            self.rows.put(self.row, self._state, end, odd=not self._plain)

    def _move(self, count: bytes, kind: bytes, end: int) -> None:
        self._untouched = self._plain = False
        if kind in {b"K", b"J"}:
            self._erase(count, kind, end)
        elif kind == b"G" and count not in {b"", b"0", b"1"}:
            return  # to some column: what stands to its left stays
        else:
            self._state, self._covering = end, False
        if kind in {b"A", b"F"}:
            self.row = max(0, self.row - max(1, int(count or b"1")), len(self.rows) - REACH)
            self._note_raise(end)
        elif kind in {b"B", b"E"}:
            self.row = max(self.row, min(self.row + max(1, int(count or b"1")), len(self.rows) - 1))

    def _erase(self, count: bytes, kind: bytes, end: int) -> None:
        """Empty the row, where the cursor is at its beginning or all of it is meant, and with J those below."""
        if not (count in {b"", b"0"} and not self._covering) and not (count == b"2" and kind == b"K"):
            return
        self._state, self._covering = end, True
        self.rows.put(self.row, end, end)
        if kind == b"J":
            for row in range(self.row + 1, len(self.rows)):
                self.rows.put(row, end, end)

    def _note_raise(self, byte: int) -> None:
        while self._raised and self._raised[-1][1] >= self.row:
            self._raised.pop()
        self._raised.append((byte, self.row))
        while self._raised[0][1] < len(self.rows) - REACH:
            del self._raised[0]
