"""A request on two sides of paper, with a ballot to tear off (R-21)."""

import io
import itertools
import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from consent.actions import requests, reviews
from consent.agreement import MAX_CONDITION, MAX_CONDITIONS
from consent.grants.statements import Answer
from consent.grants.words import fingerprint_words
from consent.packet import LARGE_ROOMS, ROOMS, cut, packets_of
from consent.precheck import Verdict
from consent.printing import first_that_fits
from consent.queries.packet import packet_facts
from governance.models import AccessEvent
from governance.withdrawal import LEVELS
from tests import factories
from tests.consent.factories import answer, make_request, review_of
from tests.consent.meetings import write_down
from tests.consent.papers import filler, longest, tags_of, text_of
from tests.consent.talking import say
from tests.factories import make_charter, make_dataset, make_protocol

pytestmark = pytest.mark.django_db

SIZES = ["usual", "large"]


def url(review, size="usual"):
    return reverse("consent:review_packet", args=[review.public_id]) + (
        "?large=yes" if size == "large" else ""
    )


def paper(person, review, size="usual"):
    sent = person.client().get(url(review, size))
    assert sent.status_code == 200
    return PdfReader(io.BytesIO(sent.content))


@pytest.fixture
def long_review(cast, charter):
    """Under a protocol of every clause of the library, so that much breaks and much is unknown."""
    make_protocol(cast.river, cast.signers)
    make_dataset(cast.river, cast.amina.user)
    return review_of(make_request(cast.chi.user, **longest()))


@pytest.mark.parametrize("size", SIZES)
def test_the_longest_request_goes_on_two_sides(cast, long_review, size):
    made = paper(cast.amina, long_review, size)
    told = text_of(made)

    assert len(made.pages) <= 2
    assert "(more on the screen)" in told
    for part in ("Harm that could come", "Good for us", "Broken", "Ballot: River", "Signature:"):
        assert part in told, part
    for harm in ("HARM_PERSON", "HARM_FAMILY", "HARM_PEOPLE"):
        assert harm in told, harm


@pytest.mark.parametrize("size", SIZES)
def test_so_it_does_with_as_many_conditions_as_a_text_may_have(cast, long_review, size):
    long_review.refresh_from_db()
    conditions = [filler(f"CONDITION{n}", MAX_CONDITION) for n in range(MAX_CONDITIONS)]
    reviews.put_conditions(long_review.pk, actor=cast.bo.user, conditions=conditions)

    made = paper(cast.amina, long_review, size)

    assert len(made.pages) <= 2
    assert "CONDITION0" in text_of(made)


@pytest.mark.parametrize("size", SIZES)
def test_so_it_does_when_every_rule_is_broken(cast, long_review, size):
    """The worst that a protocol of every clause could say, and the longest level of stopping."""
    facts = packet_facts(long_review, cast.amina.user, at=timezone.now())
    broken = [
        replace(check, verdict=Verdict.BREAKS, sentence=check.sentence * 3)
        for check in facts.checks
    ]
    level = max(LEVELS.values(), key=lambda one: len(str(one.undone)) + len(str(one.stays)))
    worst = replace(facts, checks=tuple(broken * 2), level=level, late=9)

    large = size == "large"
    packets = packets_of(worst, large=large)
    made = PdfReader(
        io.BytesIO(first_that_fits("print/packet.html", packets, sides=2, large=large))
    )

    assert len(made.pages) <= 2
    assert "Signature:" in text_of(made)


@pytest.mark.parametrize("size", SIZES)
def test_an_ordinary_request_goes_on_two_sides(cast, review, size):
    made = paper(cast.amina, review, size)

    assert len(made.pages) <= 2
    assert "A person might be guessed from the sums." in text_of(made)
    assert "A family's illness might be talked about." in text_of(made)


def test_an_ordinary_request_is_cut_nowhere(cast, review):
    told = text_of(paper(cast.amina, review))

    assert "on the screen" not in told
    for said in (
        "Lakeside University asks to compute a Linear regression",
        "How many people have all the needed values.",
        "A plain report within a year.",
        "due 12 months after the yes",
        "The community might be called ill.",
        "Nobody uses the model any more.",
        "2 of 3 stewards must sign yes.",
        "Read for it: age, bmi, progression.",
    ):
        assert said in told, said


def test_the_ballot_names_the_text_and_has_equal_boxes(cast, review):
    told = text_of(paper(cast.amina, review))
    ballot = told[told.index("Ballot: River") :]

    assert "Weight and illness" in ballot
    assert fingerprint_words(review.statement.digest) in ballot
    assert review.statement.digest[:8] in ballot
    for box in ("Yes", "Yes, with conditions", "No", "Not yet, let us talk", "I step aside"):
        assert box in ballot, box
    for line in ("Name:", "Date:", "Signature:", "Conditions:"):
        assert line in ballot, line
    assert "it opens no node" in ballot


@pytest.mark.parametrize("rooms", [ROOMS, LARGE_ROOMS], ids=SIZES)
def test_harm_and_broken_rules_are_never_cut_before_promises(rooms):
    for room in rooms:
        assert room.harm >= room.good
    for before, after in itertools.pairwise(rooms):
        assert after.harm <= before.harm
        assert after.good <= before.good
        if after.harm < before.harm or after.broken < before.broken:
            assert before.good <= 60, "promises have room left"


def test_in_the_longest_request_promises_were_cut_more_than_harm(cast, long_review):
    told = text_of(paper(cast.amina, long_review))

    def length(start: str) -> int:
        return told.index("(more on the screen)", told.index(start)) - told.index(start)

    assert length("HARM_PEOPLE") > length("BENEFIT0")


def test_screen_readers_get_language_title_headings_and_lists(cast, review):
    made = paper(cast.amina, review)
    root = made.trailer["/Root"]

    assert root["/Lang"] == "en"
    assert made.metadata is not None
    assert made.metadata.title == "Weight and illness: River"
    tags = tags_of(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/P", "/L", "/LI"} <= tags
    assert [str(entry.title) for entry in _flat(made.outline)][:3] == [
        "Weight and illness",
        "In one sentence",
        "What would leave our node",
    ]


@pytest.mark.parametrize("review_kind", ["review", "long_review"])
def test_large_type_is_never_below_sixteen_points(cast, request, review_kind):
    sizes: set[float] = set()

    def look(text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            sizes.add(round(abs(size * tm[3] * cm[3]), 1))

    for side in paper(cast.amina, request.getfixturevalue(review_kind), "large").pages:
        side.extract_text(visitor_text=look)

    assert sizes
    assert min(sizes) >= 16


@pytest.mark.parametrize("size", SIZES)
def test_it_holds_no_answers_no_stewards_and_no_private_talk(cast, review, size):
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="A wish of one.")
    write_down(review, cast.eli, cast.bo, confirmed_by=cast.cleo)
    say(review, cast.bo, "A word among us.")

    told = text_of(paper(cast.amina, review, size))

    for hidden in (
        *(person.user.name for person in (*cast.stewards, cast.eli)),
        "A wish of one",
        "A word among us",
        "long house",
        "signed so far",
        "One more signature",
    ):
        assert not re.search(rf"\b{hidden}\b", told), hidden


def test_a_named_decider_is_not_named_on_paper(cast, charter):
    rule = {"rule": "named-decider", "steward": cast.bo.membership.steward_id}
    make_charter(cast.river, cast.signers[:2], rules=factories.threshold(2) | {"grant": rule})
    make_protocol(cast.river, cast.signers)
    make_dataset(cast.river, cast.amina.user)
    told = text_of(paper(cast.amina, review_of(make_request(cast.chi.user))))

    assert "The steward whom the charter names decides, and must sign yes." in told
    assert not re.search(r"\bBo\b", told)


def test_it_is_the_same_for_everybody_and_each_time(cast, review):
    answer(review, cast.amina)

    sent = {person.client().get(url(review)).content for person in (cast.amina, cast.bo, cast.ola)}

    assert len(sent) == 1


def test_everybody_of_the_community_may_print_and_nobody_else(cast, review):
    allowed = {"steward", "convenor", "custodian", "observer"}

    for role, person in cast.everybody.items():
        status = person.client().get(url(review)).status_code
        assert status == (200 if role in allowed else 404), role
    assert Client().get(url(review))["Location"].startswith("/accounts/login/")
    taken = AccessEvent.objects.filter(verb="review.print")
    assert taken.count() == len(allowed)


def test_it_can_be_printed_when_all_is_over(cast, review):
    requests.withdraw(review.revision.request.pk, actor=cast.chi.user)

    assert len(paper(cast.amina, review).pages) <= 2


def test_the_page_leads_to_both_sizes(cast, review):
    page = cast.amina.client().get(reverse("consent:review", args=[review.public_id]))

    assert f'href="{url(review)}"' in page.content.decode()
    assert f'href="{url(review, "large")}"' in page.content.decode()


def test_a_text_is_cut_between_words_and_says_so():
    assert cut("one two three", 20) == "one two three"
    assert cut("one\n two  three", 8) == "one two … (more on the screen)"
    assert cut("x" * 50, 10) == "x" * 10 + " … (more on the screen)"


def _flat(outline: Any) -> list[Any]:
    found: list[Any] = []
    for entry in outline:
        found.extend(_flat(entry) if isinstance(entry, list) else [entry])
    return found
