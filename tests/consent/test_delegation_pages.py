"""Where a delegation shows: on the delegate's review, on its own page, on the way to stop it."""

from typing import Any

import pytest
from django.urls import reverse

from consent.actions import reviews
from consent.grants.statements import Answer
from consent.models import Grant, Notice, Review
from governance.errors import SteppedAside
from governance.models import Delegation
from tests.cast import Cast
from tests.consent import factories
from tests.consent.delegated import make_delegation
from tests.consent.factories import answer
from tests.factories import form_fields
from tests.governance.pages import text_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def delegation(cast: Cast, dataset: Any) -> Delegation:
    return make_delegation(cast)


@pytest.fixture
def review(cast: Cast, delegation: Delegation) -> Review:
    return factories.review_of(factories.make_request(cast.chi.user))


def stop_url(delegation: Delegation) -> str:
    return reverse("consent:delegation_stop", args=["river", delegation.public_id])


def test_the_delegate_is_told_that_her_yes_is_enough(cast: Cast, review: Review) -> None:
    url = reverse("consent:review", args=[review.public_id])

    pages = {
        person.user.name: person.client().get(url).content.decode() for person in cast.stewards
    }

    assert "You may decide this alone: your yes is enough. 0 of 2 are used" in pages["Amina"]
    assert not any("decide this alone" in pages[name] for name in ("Bo", "Cleo"))


def test_from_her_page_to_the_grant(cast: Cast, review: Review) -> None:
    client = cast.amina.client()
    fields = form_fields(cast.amina.passkey, review.statement, Answer.YES)

    page = client.post(reverse("consent:review_sign", args=[review.public_id]), fields, follow=True)

    assert "With it your community has said yes." in page.content.decode()
    assert Grant.objects.count() == 1


def test_one_steward_stops_it_in_two_steps(cast: Cast, delegation: Delegation) -> None:
    client, url = cast.cleo.client(), stop_url(delegation)
    assert "from then on nobody can say yes under it" in client.get(url).content.decode()
    assert Notice.objects.count() == 0

    page = client.post(url, {"reason": "Too many."}, follow=True)
    html = page.content.decode()
    assert "Stop the delegation to Amina" in html
    notice = Notice.objects.get()
    assert f'"scope":"{delegation.public_id}"' in text_on(html)
    client.post(
        reverse("consent:notice_sign", args=[notice.public_id]),
        form_fields(cast.cleo.passkey, notice.statement, Answer.YES),
    )

    shown = client.get(reverse("governance:delegation", args=["river", delegation.public_id]))
    assert "A steward stopped it on" in shown.content.decode()
    resume = client.get(reverse("consent:resume", args=["river"])).content.decode()
    assert "Only: what was delegated to Amina" in resume


def test_who_may_reach_the_page_that_stops(cast: Cast, delegation: Delegation) -> None:
    statuses = {
        role: person.client().get(stop_url(delegation)).status_code
        for role, person in cast.everybody.items()
    }

    assert statuses == dict.fromkeys(cast.everybody, 404) | {"steward": 200}


def test_a_recused_steward_gets_403_and_cannot_make_herself_a_new_text(
    cast: Cast, review: Review
) -> None:
    answer(review, cast.bo, Answer.RECUSE)
    fields = form_fields(cast.bo.passkey, review.statement, Answer.YES)

    sent = cast.bo.client().post(reverse("consent:review_sign", args=[review.public_id]), fields)

    assert sent.status_code == 403
    with pytest.raises(SteppedAside):
        reviews.put_conditions(review.pk, actor=cast.bo.user, conditions=["Tell us first."])


def test_below_the_floor_the_review_says_that_it_goes_to_the_full_meeting(
    cast: Cast, review: Review
) -> None:
    answer(review, cast.bo, Answer.RECUSE)
    answer(review, cast.cleo, Answer.RECUSE)
    url = reverse("consent:review", args=[review.public_id])

    assert "This goes to the full meeting" in cast.amina.client().get(url).content.decode()


def test_a_conflict_is_raised_on_a_review_and_leads_back_to_it(cast: Cast, review: Review) -> None:
    url = reverse("governance:conflict-new", args=["river", review.statement.public_id])
    back = reverse("consent:review", args=[review.public_id])
    assert url in cast.bo.client().get(back).content.decode()

    sent = cast.bo.client().post(
        url,
        {"about": cast.amina.membership.pk, "reason": "Her sister asks."},  # type: ignore[union-attr]
    )

    assert sent.headers["Location"] == back
    html = cast.ola.client().get(back).content.decode()
    assert "Bo about Amina:" in html
