"""The pages on which people ask and decide read like a school text of grade 8 or lower.

Counted on all English words of a page and of what it includes, as the templates hold them.
"""

import re
from pathlib import Path

import pytest

from consent.readability import WANTED_GRADE, reading_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FEWEST = 40  # words; of fewer, a grade tells little

_TRANSLATE = re.compile(r"""\{%\s*translate\s+(?:"([^"]*)"|'([^']*)')""")
_BLOCK = re.compile(
    r"\{%\s*blocktranslate.*?%\}(.*?)(?:\{%\s*plural\s*%\}.*?)?\{%\s*endblock", re.S
)
_INCLUDE = re.compile(r"""\{%\s*include\s+"([^"]+)\"""")
_HOLE = re.compile(r"\{\{.*?\}\}")
_MARKUP = re.compile(r"<[^>]+>")


def words_of(name: str, seen: frozenset[str] = frozenset()) -> list[str]:
    """Every English text of a template, one for each translated string; those of partials too."""
    if name in seen:
        return []
    source = (TEMPLATES / name).read_text(encoding="utf-8")
    found = [one or two for one, two in _TRANSLATE.findall(source)]
    found += [_MARKUP.sub("", _HOLE.sub("this", text)) for text in _BLOCK.findall(source)]
    for included in _INCLUDE.findall(source):
        found += words_of(included, seen | {name})
    return [text.strip() for text in found]


def pages() -> list[str]:
    names = (path.relative_to(TEMPLATES) for path in TEMPLATES.glob("*/*.html"))
    shown = {"consent", "federation", "print"}
    return sorted(
        str(name) for name in names if name.parts[0] in shown and not name.name.startswith("_")
    )


def test_the_words_of_a_page_are_found_with_those_of_its_partials() -> None:
    words = words_of("consent/review_detail.html")
    assert "All answers are equally good. No needs no reason. " in " ".join(words) + " "
    assert "Harm that could come" in words


@pytest.mark.parametrize("name", pages())
def test_a_page_reads_like_a_school_text(name: str) -> None:
    """With its labels, as it stands; and its sentences alone, since labels are short."""
    whole = dict.fromkeys(words_of(name))
    sentences = [text for text in whole if text.endswith((".", "?", ":", "!"))]
    for text in ("\n".join(whole), "\n".join(sentences)):
        reading = reading_of(text)
        if reading.words >= FEWEST:
            assert reading.grade is not None and reading.grade <= WANTED_GRADE, (name, reading)
