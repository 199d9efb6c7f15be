"""Fingerprints in words: twelve, plain, and hard to mistake for one another."""

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent.grants.words import WORDS, fingerprint_words, words_match

DIGEST = "00010203fffefdfc808182837f" + "ab" * 19


def letters_apart(one: str, other: str) -> int:
    """Levenshtein distance: how many letters to add, drop or change."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        above, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


def test_the_list_has_one_plain_word_for_each_byte():
    assert len(WORDS) == len(set(WORDS)) == 256
    assert list(WORDS) == sorted(WORDS)
    assert all(re.fullmatch("[a-z]{3,10}", word) for word in WORDS)


def test_no_word_begins_another_and_any_two_differ_in_two_letters():
    for one, other in itertools.combinations(WORDS, 2):
        assert not other.startswith(one)
        assert letters_apart(one, other) >= 2, (one, other)


def test_a_fingerprint_is_the_words_of_the_first_twelve_bytes():
    words = fingerprint_words(DIGEST).split()

    assert words == [WORDS[byte] for byte in bytes.fromhex(DIGEST)[:12]]
    assert words[:2] == ["abacus", "acorn"]


@pytest.mark.parametrize(
    "spell",
    [
        str.upper,
        str.title,
        lambda w: w.replace(" ", "-"),
        lambda w: w.replace(" ", ""),
        lambda w: f"  {w.replace(' ', '   ')}\n",
        lambda w: DIGEST,
        lambda w: DIGEST.upper(),
    ],
)
def test_case_spaces_and_dashes_do_not_matter(spell):
    assert words_match(spell(fingerprint_words(DIGEST)), DIGEST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abacus",
        fingerprint_words(DIGEST).rsplit(" ", 1)[0],
        fingerprint_words(DIGEST) + " oak",
        DIGEST[:24],
        DIGEST[:-1] + "0",
    ],
)
def test_too_few_or_too_many_do_not_match(text):
    assert not words_match(text, DIGEST)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 95))
def test_one_bit_of_the_twelve_bytes_changes_the_words(bit):
    changed = int(DIGEST, 16) ^ (1 << (255 - bit))

    assert not words_match(fingerprint_words(f"{changed:064x}"), DIGEST)


@pytest.mark.parametrize("digest", ["", "ab", "g" * 64, "AB" * 32, DIGEST + "\n"])
def test_only_a_digest_has_words(digest):
    with pytest.raises(ValueError, match="64"):
        fingerprint_words(digest)
    with pytest.raises(ValueError, match="64"):
        words_match("abacus", digest)
