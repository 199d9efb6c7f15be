"""Long answers are shown to their first sentences; nothing of them is lost."""

import pytest
from django.template.loader import render_to_string

from consent.templatetags.folding import SHOWN, SPARED, folded
from tests.consent.papers import filler


@pytest.mark.parametrize("text", ["", "Yes.", "A word. " * 40, "x" * (SHOWN + SPARED)])
def test_a_short_text_is_whole(text: str) -> None:
    assert (folded(text).start, folded(text).rest) == (text.strip(), "")


def test_a_long_text_is_cut_after_a_sentence() -> None:
    text = "We met twice in autumn, and once in spring, in the village hall. " * 20
    cut = folded(text)

    assert cut.start.endswith("hall.") and len(cut.start) <= SHOWN
    assert cut.rest.startswith("We met")
    assert f"{cut.start} {cut.rest}" == text.strip()
    assert cut.words_left == len(cut.rest.split())


@pytest.mark.parametrize("text", [filler("One", 1000), "x" * 1000, "a\n" * 500])
def test_nothing_is_lost_where_no_sentence_ends(text: str) -> None:
    cut = folded(text)
    assert (cut.start + cut.rest).replace(" ", "").replace("\n", "") == text.replace(
        " ", ""
    ).replace("\n", "")


def test_what_people_wrote_is_escaped_in_both_parts() -> None:
    text = "<b>We met them.</b> " * 40
    shown = render_to_string("partials/_long.html", {"text": text})
    assert "<b>" not in shown and shown.count("&lt;b&gt;") == 40
