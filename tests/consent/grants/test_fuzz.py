"""A small part of ``bench/fuzz_grants.py``, in every run of the tests."""

from tests.consent.grants.fuzz import SAME, SIGNED, fuzz
from tests.consent.grants.fuzz_papers import papers


def test_no_changed_paper_is_accepted_and_nothing_but_a_refusal_is_raised() -> None:
    tally = fuzz(2031, range(2_000))

    assert tally.wrong == []
    # It did try all of them, and got past the first look.
    assert {paper for paper, _ in tally.by_kind} == {*papers(), "list of notices"}
    assert {"bad-ballot (4)", "not-decided (5)", "broken-charter-chain"} <= set(tally.by_verdict)
    assert tally.by_verdict[SAME] > 100
    assert tally.by_verdict[SIGNED] > 10


def test_the_sound_papers_are_accepted_as_they_are() -> None:
    for paper in papers().values():
        assert paper.read(paper.text)
