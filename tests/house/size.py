"""How large the parts, files, functions and classes are; what is larger than the habit has a reason or is split."""

from __future__ import annotations

import ast
import statistics
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "runwatch"

FILE_LINES = 400
FUNCTION_LINES = 60
CLASS_LINES = 300
PROTOCOL_METHODS = 8


@dataclass(frozen=True)
class Piece:
    """A file, function or class and its length in lines."""

    where: str
    lines: int


def files() -> list[Piece]:
    """Source files."""
    return [
        Piece(str(path.relative_to(SOURCE)), path.read_text(encoding="utf-8").count("\n"))
        for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("*.c")])
    ]


def definitions(kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> list[Piece]:
    """Functions or classes of the source."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kind):
                end, start = node.end_lineno, node.lineno  # type: ignore[attr-defined]
                found.append(Piece(f"{path.relative_to(SOURCE)}:{node.name}", end - start + 1))  # type: ignore[attr-defined]
    return found


def functions() -> list[Piece]:
    """Functions and methods."""
    return definitions((ast.FunctionDef, ast.AsyncFunctionDef))


def classes() -> list[Piece]:
    """Classes."""
    return definitions(ast.ClassDef)


def main() -> None:
    """Print the table."""
    parts: dict[str, list[int]] = {}
    for piece in files():
        parts.setdefault(piece.where.split("/")[0] if "/" in piece.where else "(face)", []).append(piece.lines)
    total = sum(map(sum, parts.values()))
    print(f"{'part':12} {'files':>5} {'lines':>6} {'share':>6} {'longest':>7}")
    for name, lines in sorted(parts.items(), key=lambda item: -sum(item[1])):
        print(f"{name:12} {len(lines):5} {sum(lines):6} {sum(lines) / total:6.0%} {max(lines):7}")
    print(f"{'all':12} {sum(map(len, parts.values())):5} {total:6}")
    lengths = sorted(piece.lines for piece in functions())
    print(
        f"\nfunctions: {len(lengths)}, median {statistics.median(lengths):.0f}, p99 {lengths[int(len(lengths) * 0.99)]}"
    )
    for title, pieces, most in (
        ("files", files(), FILE_LINES), ("functions", functions(), FUNCTION_LINES), ("classes", classes(), CLASS_LINES),
    ):  # fmt: skip
        large = sorted((piece for piece in pieces if piece.lines > most), key=lambda piece: -piece.lines)
        print(f"\n{title} over {most} lines: {len(large)}")
        for piece in large:
            print(f"  {piece.lines:5} {piece.where}")


if __name__ == "__main__":
    main()
