"""Refuse what the content security policy would block, and partials that do not say their needs.

Usage: python tools/check_templates.py     exit code 1 and one line per fault.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"

# What a partial's first line must look like: what it expects in its context, or "nothing".
NEEDS = re.compile(r"^\{#.*\bneeds: .+#\}\s*$")

# In the page itself, where the template's own tags are blanked out.
IN_MARKUP = {
    # A block of data (JSON) is not run, so it may stand in the page.
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I),
    "inline style sheet": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "on... handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "javascript: address": re.compile(r"javascript:", re.I),
}
IN_TAGS = {"unescaped output": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off")}

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\s*%\}.*?\{%\s*endcomment\s*%\}", re.S)


def is_partial(path: Path) -> bool:
    return path.name.startswith("_") or "partials" in path.parts


def faults(text: str, place: str, *, partial: bool) -> Iterator[str]:
    """Yield a sentence for each fault of one template's text."""
    if partial and not NEEDS.match(text.partition("\n")[0]):
        yield f'{place}:1: a partial begins with a comment "needs: what it expects"'
    shown = _blanked(COMMENT, text)
    for patterns, source in ((IN_MARKUP, _blanked(TAG, shown)), (IN_TAGS, shown)):
        for name, pattern in patterns.items():
            for found in pattern.finditer(source):
                yield f"{place}:{source.count(chr(10), 0, found.start()) + 1}: {name}"


def _blanked(pattern: re.Pattern[str], text: str) -> str:
    """Replace what matches by spaces: places and line numbers stay right."""
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def main() -> int:
    paths = sorted(path for path in TEMPLATES.rglob("*.html") if "emails" not in path.parts)
    complaints = [
        complaint
        for path in paths
        for complaint in faults(
            path.read_text(encoding="utf-8"),
            str(path.relative_to(ROOT)),
            partial=is_partial(path),
        )
    ]
    print("\n".join(complaints) or f"All {len(paths)} templates are in order.")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
