"""How hard a summary reads. The formula is checked by hand, the syllables on known words."""

from time import process_time

import pytest

from consent.readability import reading_of, sentences_in, syllables_in

SHORT = "We ask how you are. We look at sums. We do not look at you. You can say no."
LONG = (
    "Multivariate epidemiological investigation of cardiometabolic determinants necessitates "
    "harmonised longitudinal characterisation of heterogeneous subpopulations."
)


@pytest.mark.parametrize(
    ("word", "count"),
    [("go", 1), ("people", 2), ("illness", 2), ("diabetes", 3), ("measurements", 3), ("Y", 1)],
)
def test_syllables_are_the_places_where_a_word_may_be_parted(word: str, count: int) -> None:
    assert syllables_in(word) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two! Three?", 3),
        ("No end", 1),
        ("About 3.5 of them. Fine.", 2),
        ("A list:\n- one\n- two", 3),
        ("...", 0),
        ("", 0),
    ],
)
def test_a_sentence_ends_at_its_mark_or_with_its_line(text: str, count: int) -> None:
    assert sentences_in(text) == count


def test_the_grade_is_that_of_flesch_and_kincaid() -> None:
    text = "The people see the illness. The people go to the river. They go."

    # 13 words, 3 sentences; people 2, people 2, illness 2, river 2, nine words of one: 17.
    expected = 0.39 * 13 / 3 + 11.8 * 17 / 13 - 15.59
    assert reading_of(text).grade == max(1, round(expected))


def test_short_words_read_easier_than_long_ones() -> None:
    easy, hard = reading_of(SHORT), reading_of(LONG)

    assert easy.grade == 1
    assert not easy.is_hard
    assert hard.grade is not None
    assert hard.grade > 12
    assert hard.is_hard


@pytest.mark.parametrize("text", ["", "Too short.", "Мы спрашиваем, как вы живёте. " * 5])
def test_where_no_grade_can_be_told_none_is(text: str) -> None:
    assert reading_of(text).grade is None
    assert not reading_of(text).is_hard


def test_words_are_counted_as_the_limit_of_the_summary_counts_them() -> None:
    assert reading_of("a well-known thing - in 2026").words == 6


@pytest.mark.parametrize("text", ["a b c d e f g h i j " + "x" * 2_000_000, "wordy " * 300_000])
def test_a_text_that_fits_no_field_keeps_no_worker_busy(text):
    begun = process_time()

    reading = reading_of(text)

    assert process_time() - begun < 1
    assert (reading.grade, reading.words) == (None, len(text.split()))
