"""A request goes back and forth in a browser: conditions are signed, a text is sent back."""

import pytest

from consent.grants.statements import Answer
from consent.models import Grant, Review
from consent.rules import GrantState, ReviewState
from tests.cast import Cast
from tests.federation.factories import ask, make_place
from tests.journeys.deciding import STILL, TITLE, YES, answer, open_review, walks_of

pytestmark = [
    pytest.mark.stack,
    pytest.mark.django_db(transaction=True),
]

CONDITION = "Come to the spring meeting and tell us what you found."


@pytest.fixture
def asked(town: Cast) -> None:
    """Chi's request to River, for a job of the catalogue."""
    ask(town.chi, [make_place(town.river, list(town.stewards))], min_nodes=1)


def test_conditions_are_put_into_the_text_and_signed_by_the_researcher(
    town: Cast, base: str, asked: None
) -> None:
    with walks_of((town.amina, town.bo, town.chi), base) as (amina, bo, chi):
        open_review(amina)
        amina.page.get_by_label("Your conditions").fill(CONDITION)
        amina.sign(Answer.YES_WITH_CONDITIONS)
        amina.sees(STILL)
        # What one steward wishes for binds nobody until it stands in the text.
        amina.follow("Put conditions into the agreement")
        amina.send("Make the new text")
        amina.sign(Answer.YES)
        answer(bo, Answer.YES)
        bo.sees(YES)

        chi.go("/requests/")
        chi.follow(TITLE)
        chi.sees("awaiting acceptance")
        chi.sees(CONDITION)
        chi.follow("Read the conditions")
        chi.page.get_by_label("I accept every one of these conditions").check()
        chi.send("Accept and sign with my passkey")
        chi.sees("You accepted")

        bo.go("/grants/")
        bo.follow(TITLE)
        bo.sees(CONDITION)
        bo.sees("Chi")

    grant = Grant.objects.get()
    assert grant.state == GrantState.ACTIVE
    assert CONDITION in grant.acceptance


def test_a_text_is_sent_back_changed_and_decided_anew_with_the_changes_marked(
    town: Cast, base: str, asked: None
) -> None:
    with walks_of((town.amina, town.bo, town.chi), base) as (amina, bo, chi):
        answer(amina, Answer.YES)
        open_review(bo)
        bo.follow("Send it back for changes")
        bo.page.get_by_label("Something is missing").check()
        bo.page.get_by_label("What the researcher should change").fill("Say who pays for the trip.")
        bo.send("Yes, send it back")

        chi.go("/requests/")
        chi.follow(TITLE)
        chi.sees("Say who pays for the trip.")
        assert "Bo" not in chi.page.get_by_role("main").inner_text().split()
        chi.go(chi.page.url + "edit/money/")
        chi.page.get_by_label("Who owns").fill("The fund pays the trip too; each owns its own.")
        chi.send("Save")
        chi.go(chi.page.url.split("edit/")[0])
        chi.follow("Look at the change and submit it")
        chi.sees("the trip too")
        chi.page.get_by_label("What changed").fill("We say who pays for the trip.")
        chi.send("Submit the change")

        open_review(amina)
        amina.follow("What changed")
        assert "the trip too" in amina.page.locator("ins").all_inner_texts().__str__()
        # Her yes to the older text counts no more.
        answer(amina, Answer.YES)
        answer(bo, Answer.YES)
        bo.sees(YES)

    assert [review.state for review in Review.objects.order_by("pk")] == [
        ReviewState.SENT_BACK,
        ReviewState.APPROVED,
    ]
