"""Nobody is pushed: what others answered, wished or decided is hidden before one's own answer."""

import re

import pytest
from django.urls import reverse

from consent.grants.statements import Answer
from consent.queries import review_page
from governance.actions import communities
from governance.errors import NotAllowed
from governance.models import AccessEvent
from tests import factories
from tests.consent.factories import answer, fields, make_request, review_of
from tests.factories import make_charter, make_dataset, make_protocol

pytestmark = pytest.mark.django_db


def url(review, name="review"):
    return reverse(f"consent:{name}", args=[review.public_id])


def page(person, review):
    return person.client().get(url(review)).content.decode()


@pytest.mark.parametrize("who", ["convenor", "custodian", "observer"])
def test_who_does_not_decide_sees_no_answers_conditions_or_others(cast, review, who):
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")

    told = page(cast.everybody[who], review)

    for hidden in ("Tell us first.", "Yes, with conditions", "What others decided"):
        assert hidden not in told, hidden


def test_conditions_are_seen_after_ones_own_answer(cast, review):
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")

    assert "Tell us first." not in page(cast.bo, review)
    answer(review, cast.bo, Answer.NOT_YET)
    assert "Tell us first." in page(cast.bo, review)


def test_conditions_wished_are_not_told_by_the_form_that_puts_them_either(cast, review):
    """The form fills in what stewards wish, which is their answer: not before one's own."""
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")
    form = url(review, "review_conditions")

    before = cast.bo.client().get(form).content.decode()
    answer(review, cast.bo, Answer.NOT_YET)
    after = cast.bo.client().get(form).content.decode()

    assert "Tell us first." not in before
    assert "Tell us first." in after


def test_a_steward_named_in_the_request_never_learns_how_her_community_answers(cast, dataset):
    people = [*fields()["people"], {"name": "A", "email": cast.bo.user.email, "orcid": ""}]
    review = review_of(make_request(cast.chi.user, people=people))
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")
    answer(review, cast.bo, Answer.RECUSE)

    told = page(cast.bo, review)

    for hidden in ("Tell us first.", "Amina:", "signed so far"):
        assert hidden not in told, hidden
    assert "you do not see what your community answers" in told


# --- other communities ---------------------------------------------------------------------------


@pytest.fixture
def two(cast, dataset):
    """One request to River and Coast; Coast has one steward, who decides alone."""
    make_charter(cast.coast, [cast.zed.signer], rules=factories.threshold(1), floor=1)
    make_protocol(cast.coast, [cast.zed.signer])
    make_dataset(cast.coast, cast.zed.user, "coast-diabetes")
    request = make_request(cast.chi.user, datasets=["river-diabetes", "coast-diabetes"])
    return review_of(request), review_of(request, "coast")


def tells(cast, on=True):
    communities.tell_decisions(cast.coast.pk, actor=cast.zed.user, tells=on)


def test_another_community_is_told_nothing_unless_the_first_chose_so(cast, two):
    river, coast = two
    answer(coast, cast.zed, Answer.NO)
    answer(river, cast.amina)

    assert "Coast: said no" not in page(cast.amina, river)
    tells(cast)
    assert "Coast: said no" in page(cast.amina, river)
    tells(cast, on=False)
    assert "Coast: said no" not in page(cast.amina, river)


def test_it_is_told_after_ones_own_answer_only_and_to_stewards_only(cast, two):
    river, coast = two
    tells(cast)
    answer(coast, cast.zed, Answer.YES)

    for person in (cast.amina, cast.eli, cast.dov, cast.ola):
        assert "Coast: said" not in page(person, river)
    answer(river, cast.amina, Answer.NOT_YET)
    assert "Coast: said yes" in page(cast.amina, river)
    assert not re.search(r"\bZed\b", page(cast.amina, river))


def test_what_is_not_decided_yet_is_not_told(cast, two):
    river, coast = two
    tells(cast)
    answer(coast, cast.zed, Answer.NOT_YET)
    answer(river, cast.amina)

    assert "Coast: said" not in page(cast.amina, river)
    assert review_page(river, cast.amina.user, at=river.opened_at).decided == ()


def test_only_a_seated_steward_chooses_what_others_are_told(cast, charter):
    for role, person in cast.everybody.items():
        if role == "steward":
            continue
        with pytest.raises(NotAllowed):
            communities.tell_decisions(cast.river.pk, actor=person.user, tells=True)
    here = reverse("governance:community-settings", args=["river"])
    there = reverse("governance:community-tells", args=["river"])

    assert "Tell them what we decide" not in cast.eli.client().get(here).content.decode()
    assert cast.eli.client().post(there, {"tells": "yes"}).status_code == 404
    assert cast.amina.client().get(there).status_code == 405
    done = cast.amina.client().post(there, {"tells": "yes"}, follow=True).content.decode()

    cast.river.refresh_from_db()
    assert cast.river.tells_decisions
    assert "Tell them no more" in done
    assert AccessEvent.objects.filter(verb="community.tell-decisions").count() == 1
