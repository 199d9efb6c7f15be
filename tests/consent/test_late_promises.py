"""Late promises show on the next request of the same people, and of another community no more
than that they are late (R-30, R-31)."""

import pytest
from django.urls import reverse

from consent.actions import obligations
from consent.document import read_back
from consent.queries.obligations import late_promises_for_applicant, late_promises_for_review
from governance.rules import PlatformRole
from tests import factories as people
from tests.cast import Person
from tests.consent import promising
from tests.consent.factories import make_request, review_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(grant):
    """Chi owes River a benefit since ten days."""
    return promising.overdue(promising.promise_of(grant))


def next_request(person, *, email="", orcid=""):
    named = {"name": "N", "email": email or person.user.email, "orcid": orcid}
    return review_of(make_request(person.user, people=[named]))


def seen(review):
    return late_promises_for_review(review, today=promising.today())


def other_researcher():
    user = people.make_user("Other", PlatformRole.RESEARCHER)
    return Person(user, people.make_passkey(user))


def test_a_late_promise_shows_on_the_next_request(cast, late):
    (shown,) = seen(next_request(cast.chi))

    assert (shown.text, shown.due_on, shown.community) == (late.text, late.due_on, "River")


def test_what_is_not_late_does_not_show(cast, grant):
    assert seen(next_request(cast.chi)) == []


def test_a_promise_is_not_late_on_its_day(cast, grant):
    promising.overdue(promising.promise_of(grant), days=0)

    assert seen(next_request(cast.chi)) == []


@pytest.mark.parametrize("settle", ["confirm", "let_off"])
def test_what_a_steward_settled_does_not_show(cast, late, settle):
    reason = {"reason": "The flood came."} if settle == "let_off" else {}
    getattr(obligations, settle)(late.pk, actor=cast.amina.user, **reason)

    assert seen(next_request(cast.chi)) == []


def test_a_report_that_nobody_confirmed_hides_nothing(cast, late):
    promising.reported(late, cast.chi)

    (shown,) = seen(next_request(cast.chi))

    assert shown.reported


def test_people_named_before_are_known_by_their_mail_address(cast, late):
    review = next_request(other_researcher(), email="chi@university.example")

    assert len(seen(review)) == 1


def test_the_applicant_of_before_is_known_when_another_names_her(cast, late):
    assert len(seen(next_request(other_researcher(), email=cast.chi.user.email))) == 1


def test_people_are_known_by_their_orcid(cast, late):
    cast.chi.user.orcid = "0000-0002-1825-0097"
    cast.chi.user.save()
    named = "0000-0002-1825-0097"

    assert len(seen(next_request(other_researcher(), email="new@x.example", orcid=named))) == 1


def test_others_are_not_blamed(cast, late):
    assert seen(next_request(other_researcher(), email="somebody@else.example")) == []


def test_of_another_community_it_is_told_only_that_something_is_late(cast, late):
    review = next_request(cast.chi)
    type(late).objects.filter(pk=late.pk).update(community=cast.coast)

    (shown,) = seen(review)

    assert (shown.community, shown.text, shown.kind) == ("", "", late.kind)
    page = cast.amina.client().get(reverse("consent:review", args=[review.public_id]))
    text = page.content.decode()
    assert "To another community:" in text
    assert late.text not in text and "Coast" not in text


def test_the_stewards_page_shows_it_in_words(cast, late):
    review = next_request(cast.chi)

    page = cast.amina.client().get(reverse("consent:review", args=[review.public_id]))

    assert "1 promise of these people is late:" in page.content.decode()


def test_the_researcher_is_shown_what_is_late_of_her_own(cast, late):
    document = read_back(next_request(cast.chi).revision.text)

    (own,) = late_promises_for_applicant(cast.chi.user, document, today=promising.today())
    assert own.text == late.text


def test_nobody_learns_of_another_persons_promises_by_typing_her_address(cast, late):
    cast.chi.user.orcid = "0000-0002-1825-0097"
    cast.chi.user.save()
    other = other_researcher().user
    for way in ({"email": cast.chi.user.email}, {"orcid": cast.chi.user.orcid}):
        naming = {"people": [{"name": "Chi", "email": "x@x.example", "orcid": ""} | way]}

        assert late_promises_for_applicant(other, naming, today=promising.today()) == []
