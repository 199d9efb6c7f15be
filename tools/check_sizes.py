"""Refuse files and functions that no longer fit into a head: 300 lines, 40 lines.

Usage: python tools/check_sizes.py     exit code 1 and one line per place that is too long.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("config", "governance", "consent", "federation", "tools", "tests", "bench")
FILE_LINES = 300
FUNCTION_LINES = 40


def sources() -> Iterator[Path]:
    """Yield our own Python files; migrations are written by Django."""
    yield ROOT / "manage.py"
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def too_long(text: str, place: str) -> Iterator[str]:
    """Yield a sentence for each thing in a source text that is over its limit."""
    if (lines := len(text.splitlines())) > FILE_LINES:
        yield f"{place}: {lines} lines, at most {FILE_LINES}"
    for item in ast.walk(ast.parse(text)):
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (item.end_lineno or item.lineno) - item.lineno + 1
            if lines > FUNCTION_LINES:
                where = f"{place}:{item.lineno}: {item.name}"
                yield f"{where} has {lines} lines, at most {FUNCTION_LINES}"


def main() -> int:
    complaints = [
        complaint
        for path in sources()
        for complaint in too_long(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))
    ]
    print("\n".join(complaints) or "All files and functions keep to their size.")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
