"""R-44 and R-59: no yes to an agreement whose protocol leaves its law or its end open."""

import json

import pytest
from django.utils import timezone

from consent.errors import Incomplete
from consent.grants.statements import Answer
from consent.queries import dead_end, text_outdated
from consent.rules import ReviewState
from governance.models import Statement
from tests.consent import factories


@pytest.fixture
def open_end(review, protocol):
    """A review under a protocol from before the law had to be named."""
    document = json.loads(protocol.statement.text)
    del document["law"]
    Statement.objects.filter(pk=protocol.statement_id).update(
        text=json.dumps(document, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    )
    return review


SENTENCE = "does not say which law governs it; where disputes are settled"


def test_nobody_can_say_yes_to_it_and_is_told_what_the_protocol_must_say(cast, open_end):
    with pytest.raises(Incomplete, match=SENTENCE):
        factories.answer(open_end, cast.amina, Answer.YES)

    assert not open_end.statement.ballots.exists()


def test_no_is_an_answer_all_the_same(cast, open_end):
    for person in (cast.amina, cast.bo):
        factories.answer(open_end, person, Answer.NO)

    open_end.refresh_from_db()
    assert open_end.state == ReviewState.DECLINED


def test_the_page_says_so_before_anybody_signs(cast, open_end):
    now = timezone.now()

    assert text_outdated(open_end, at=now) == (
        "A protocol does not say its law, its end, or what stopping undoes."
    )
    assert SENTENCE in dead_end(open_end, at=now)
    page = cast.amina.client().get(f"/reviews/{open_end.public_id}/").content.decode()
    assert SENTENCE in page


def test_the_page_says_what_the_checks_come_to(cast, review):
    page = cast.amina.client().get(f"/reviews/{review.public_id}/")

    assert [held.overall for held in page.context["page"].held_to] == ["unknown"]
    assert "The worst of the results below." in page.content.decode()


def test_such_a_community_cannot_be_asked_for_a_new_agreement(cast, open_end):
    with pytest.raises(Incomplete, match=SENTENCE):
        factories.make_request(cast.chi.user)
