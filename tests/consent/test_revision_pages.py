"""The pages on which a request is sent back and its changes are read, in everybody's name."""

import re

import pytest
from django.urls import reverse

from consent.actions import revisions
from consent.grants.statements import Answer
from consent.models import Review
from consent.queries.amendments import revisions_put_to
from consent.rules import WhyBack
from governance.rules import PlatformRole
from tests.cast import Person
from tests.consent.factories import answer, say_yes
from tests.consent.revising import NOTE, newest_review, revise, send_back
from tests.factories import make_passkey, make_user

pytestmark = pytest.mark.django_db

MEMBERS = {"steward", "convenor", "custodian", "observer"}


def address(name, row):
    return reverse(f"consent:{name}", args=[row.public_id])


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("review_send_back", {"steward"}),
        ("review_changes", MEMBERS),
        ("request_changes", {"researcher"}),
    ],
)
def test_each_page_is_there_for_whom_it_concerns(cast, review, client, name, allowed):
    other = make_user("Other", PlatformRole.RESEARCHER)
    everybody = cast.everybody | {"other researcher": Person(other, make_passkey(other))}
    row = review.revision.request if name == "request_changes" else review

    for role, person in everybody.items():
        status = person.client().get(address(name, row)).status_code
        assert (role, status) == (role, 200 if role in allowed else 404)
    assert client.get(address(name, row)).status_code == 302


def test_sending_back_says_first_what_happens(cast, review):
    page = cast.amina.client().get(address("review_send_back", review)).content.decode()

    assert "All answers given so far fall" in page
    assert "neither names nor answers" in page
    review.refresh_from_db()
    assert review.state == "open"


def test_a_steward_sends_back_from_the_page(cast, review):
    sent = cast.amina.client().post(
        address("review_send_back", review), {"why": "missing", "note": "Who pays?"}
    )

    assert sent.status_code == 302
    page = cast.bo.client().get(address("review", review)).content.decode()
    assert "Something is missing." in page
    assert "Who pays?" in page


@pytest.mark.parametrize("sent", [{}, {"why": "missing", "note": " "}, {"why": "bad", "note": "x"}])
def test_a_form_that_says_too_little_comes_back_with_what_was_typed(cast, review, sent):
    answered = cast.amina.client().post(address("review_send_back", review), sent)

    assert answered.status_code == 400
    review.refresh_from_db()
    assert review.state == "open"


def test_who_stepped_aside_is_refused(cast, review):
    answer(review, cast.bo, Answer.RECUSE)

    sent = cast.bo.client().post(address("review_send_back", review), {"why": "unclear"})

    assert sent.status_code == 403


def test_the_researcher_reads_the_note_and_neither_name_nor_answer(cast, review):
    answer(review, cast.bo)
    send_back(review, cast.amina, WhyBack.CHANGE, "Please name who pays.")
    request = review.revision.request

    chi = cast.chi.client()
    for url in (
        address("request_changes", request),
        reverse("federation:request", args=[request.public_id]),
    ):
        page = chi.get(url).content.decode()
        assert "Please name who pays." in page
        assert "Amina" not in page
        assert not re.search(r"\bBo\b", page)


def test_stewards_read_what_changed_word_by_word(cast, review):
    request = review.revision.request
    revise(request, cast.chi.user, summary="We want to see how <b>weight</b> goes with it.")

    page = cast.ola.client().get(address("review_changes", newest_review(request))).content.decode()

    assert NOTE in page
    assert '<ins><span class="visually-hidden">new: </span>&lt;b&gt;weight&lt;/b&gt;' in page
    assert "<b>weight" not in page
    assert '<del><span class="visually-hidden">gone: </span>' in page


def test_the_tab_is_there_only_from_the_second_revision_on(cast, review):
    assert "What changed" not in cast.ola.client().get(address("review", review)).content.decode()

    revise(review.revision.request, cast.chi.user)

    newer = newest_review(review.revision.request)
    assert address("review_changes", newer) in (
        cast.ola.client().get(address("review", newer)).content.decode()
    )
    # The older one says where it goes on.
    assert address("review", newer) in (
        cast.ola.client().get(address("review", review)).content.decode()
    )


def test_any_two_revisions_are_compared_and_no_other(cast, review):
    request = review.revision.request
    revise(request, cast.chi.user, max_rounds=2)
    revise(request, cast.chi.user, max_rounds=1)
    url = address("request_changes", request)
    chi = cast.chi.client()

    assert "<del>" in chi.get(url).content.decode()
    first_to_last = chi.get(f"{url}?older=1&newer=3").content.decode()
    assert "From revision 1 to revision 3" in first_to_last
    assert chi.get(f"{url}?older=1&newer=9").status_code == 404
    assert chi.get(f"{url}?older=x").status_code == 404


def test_a_community_reads_no_text_that_was_not_put_to_it(cast, review):
    """River was asked from the second revision on; what was asked of others is not its to read."""
    request = review.revision.request
    revise(request, cast.chi.user, max_rounds=2)
    Review.objects.filter(pk=review.pk).update(community=cast.coast)
    newer = newest_review(request)

    assert list(revisions_put_to(newer)) == [newer.revision]
    page = cast.amina.client().get(address("review_changes", newer)).content.decode()
    assert "This is the first text that was put to you." in page


def test_an_amendment_shows_the_change_first_and_folds_the_rest(cast, review, grant):
    request = review.revision.request
    revise(request, cast.chi.user, max_rounds=2)

    page = cast.amina.client().get(address("review", newest_review(request))).content.decode()

    assert "Only the change is put to you" in page
    assert "The rest is as you agreed on" in page
    assert page.index("What changes in the agreement") < page.index("<summary>The whole request")
    assert page.index("<summary>The whole request") < page.index("What our yes would say")


def test_both_agreements_say_which_takes_the_place_of_which(cast, review, grant):
    request = review.revision.request
    revise(request, cast.chi.user)
    newer = say_yes(newest_review(request), [cast.amina, cast.bo])
    amina = cast.amina.client()

    old_page = amina.get(address("grant", grant)).content.decode()
    new_page = amina.get(address("grant", newer)).content.decode()

    assert address("grant", newer) in old_page
    assert address("grant_revoke", grant) in old_page
    assert "This takes the place of the agreement of" in new_page
    assert address("grant", grant) in new_page
    assert address("grant_revoke", grant) in new_page
    assert address("grant_revoke", grant) not in (
        cast.ola.client().get(address("grant", newer)).content.decode()
    )


def test_reviews_say_that_a_change_is_being_written(cast, review):
    revisions.change(review.revision.request_id, actor=cast.chi.user)

    page = cast.amina.client().get(address("review", review)).content.decode()

    assert "The researcher is changing this request." in page
