"""How hard a plain summary is to read, as a school grade. Pure; for English only.

The grade is that of Flesch and Kincaid: 0.39 * words per sentence + 11.8 * syllables per word
- 15.59. Source: Kincaid, Fishburne, Rogers and Chissom, "Derivation of new readability formulas for
Navy enlisted personnel", Research Branch Report 8-75, 1975. Syllables are counted from the places
where a word may be hyphenated (pyphen, en_US), which misses some in short words; so a grade is
rough, within about one. It tells nothing of whether a text is true, or kind. It informs.
"""

import re
from dataclasses import dataclass
from functools import cache

import pyphen

WANTED_GRADE = 8  # DOMAIN 5.3: stewards read texts of grade 6 to 8
MOST_READ = 20_000  # characters; what is longer fits no field, and would take seconds to read
FEWEST_WORDS = 10  # with fewer, one long word makes the grade
_LATIN_SHARE = 0.9

_APOSTROPHE = "\u2019"  # as typographers set it
_WORD = re.compile(rf"[^\W\d_]+(?:['{_APOSTROPHE}][^\W\d_]+)*")
# A sentence ends at its mark, or where a line does, as in a list.
_END = re.compile(r"[.!?…]+(?=\s|$)|\n+")


@dataclass(frozen=True)
class Reading:
    """``words`` as the limit counts them; ``grade`` is None when none can be told."""

    words: int
    grade: int | None

    @property
    def is_hard(self) -> bool:
        return self.grade is not None and self.grade > WANTED_GRADE


def reading_of(text: str) -> Reading:
    if len(text) > MOST_READ:
        return Reading(words=len(text.split()), grade=None)
    words = _WORD.findall(text)
    grade = None
    if len(words) >= FEWEST_WORDS and _looks_english(words):
        grade = max(1, round(_grade(words, sentences_in(text))))
    return Reading(words=len(text.split()), grade=grade)


def sentences_in(text: str) -> int:
    return sum(1 for part in _END.split(text) if _WORD.search(part))


def syllables_in(word: str) -> int:
    """Count the syllables of one English word; at least one."""
    return len(_hyphenation().positions(word.lower())) + 1


def _grade(words: list[str], sentences: int) -> float:
    syllables = sum(map(syllables_in, words))
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _looks_english(words: list[str]) -> bool:
    """Whether nearly all letters are plain Latin ones. Other languages with them pass; the page
    says that the grade is for English."""
    letters = "".join(words)
    plain = sum(1 for letter in letters if letter.isascii() or letter == _APOSTROPHE)
    return plain >= _LATIN_SHARE * len(letters)


@cache
def _hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_US")
