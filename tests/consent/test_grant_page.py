"""The page of a grant: what it says to whom, in each of its states."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent.actions import notices, reviews
from consent.models import Grant
from governance.withdrawal import LEVELS
from tests.consent.accepting import accept
from tests.consent.factories import make_request, review_of, say_yes, sign_notice

pytestmark = pytest.mark.django_db


def shown(person, grant: Grant) -> str:
    page = person.client().get(reverse("consent:grant", args=[grant.public_id]))
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def move(grant: Grant, **delta: int) -> None:
    """Set the grant's times back: as if it had been given earlier."""
    by = timedelta(**delta)
    Grant.objects.filter(pk=grant.pk).update(
        not_before=grant.not_before - by, not_after=grant.not_after - by
    )


def test_it_tells_every_bound_item_by_its_words(cast, grant):
    page = shown(cast.ola, grant)

    for words in (
        "age: Age",
        "predictors: age,bmi",
        "To learn who needs care first.",
        "Chi, chi@university.example",
        "Lakeside University",
        "At least 100 people must be in the data.",
        "Noise is added: privacy loss (epsilon) 1, delta 0.00001, counted for each person.",
        "coefficients",
        "Our protocol, version 1",
        "Revision 1 of the request",
        "Charter 1",
        "None: the node may begin at once.",
        "None beyond the protocol.",
        grant.statement.digest,
        "a" * 64,
    ):
        assert words in page, words
    assert reverse("consent:review", args=[grant.review.public_id]) in page


def test_it_says_who_can_stop_it_and_how(cast, grant):
    steward, custodian = shown(cast.amina, grant), shown(cast.dov, grant)

    for page in (steward, custodian):
        assert "1 of 3 stewards must sign yes." in page  # a pause
        assert "2 of 3 stewards must sign yes." in page  # a resume, and taking it back
    assert f"?grant={grant.public_id}" in steward
    assert f"?grant={grant.public_id}" not in custodian


def test_the_pause_page_has_this_grant_chosen_already(cast, grant):
    page = cast.amina.client().get(
        reverse("consent:pause", args=["river"]), {"grant": str(grant.public_id)}
    )

    assert f'<option value="{grant.public_id}" selected>' in page.content.decode()


def test_what_cannot_be_undone_is_told_after_the_yes_too(cast, grant):
    page = shown(cast.ola, grant)

    assert str(LEVELS["W2"].title) in page
    assert str(LEVELS["W2"].stays) in page
    assert "A model or a result that is public cannot be called back." in page


def test_how_many_signed_is_for_stewards_and_names_are_for_nobody_here(cast, grant):
    steward, observer = shown(cast.cleo, grant), shown(cast.ola, grant)

    assert "2 signed yes." in steward
    assert "signed yes." not in observer
    for name in ("Amina", "Bo "):
        assert name not in observer


def test_each_state_is_said_in_words(cast, review):
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    grant = say_yes(review, [cast.amina, cast.bo])
    awaits = shown(cast.ola, grant)
    accept(grant, cast.chi)
    in_force = shown(cast.ola, grant)
    pause = notices.pause(
        community_id=cast.river.pk, actor=cast.amina.user, reason="Wait a bit.", grant=grant
    )
    sign_notice(pause, [cast.amina])
    paused = shown(cast.ola, grant)
    move(grant, days=400)
    over = shown(cast.amina, grant)

    assert "It waits for the researcher to accept the conditions" in awaits
    assert "In force since" in in_force
    assert "days are left." in in_force
    assert "Paused since" in paused and "Wait a bit." in paused
    assert "Its time was over on" in over
    assert "What was promised stays." in over
    assert "Who can stop it" not in over


def test_a_grant_that_was_taken_back_says_so(cast, grant):
    notice = notices.propose_revocation(grant.pk, actor=cast.amina.user, reason="")
    sign_notice(notice, [cast.amina, cast.bo])

    page = shown(cast.ola, grant)

    assert "It was taken back on" in page
    assert "left." not in page


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("steward", 200),
        ("convenor", 200),
        ("custodian", 200),
        ("observer", 200),
        ("researcher", 404),
        ("outsider", 404),
        ("auditor", 404),
        ("admin", 404),
    ],
)
def test_the_page_is_for_the_communitys_own_people(cast, grant, role, status):
    place = reverse("consent:grant", args=[grant.public_id])

    assert cast.everybody[role].client().get(place).status_code == status


# --- the list ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends_in", "found"),
    [(-1, "over"), (1, "soon"), (89, "soon"), (91, "later"), (300, "later")],
)
def test_the_list_finds_what_ends_soon(cast, grant, ends_in, found):
    begins = timezone.now() - timedelta(days=5)
    ends = timezone.now() + timedelta(days=ends_in)
    Grant.objects.filter(pk=grant.pk).update(not_before=begins, not_after=ends)
    client, title = cast.ola.client(), grant.review.revision.request.title

    pages = {
        when: client.get(reverse("consent:grants"), {"ends": when}).content.decode()
        for when in ("soon", "later", "over")
    }

    assert [when for when, page in pages.items() if f">{title}<" in page] == [found]
    assert (">over</span>" in pages["over"]) is (found == "over")


def test_the_list_costs_the_same_for_one_and_for_three(cast, grant):
    client = cast.ola.client()

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("consent:grants"), {"ends": "later"})
        return len(caught)

    one = queries()
    for number in range(2):
        more = review_of(make_request(cast.chi.user, question=f"Another {number}?"))
        say_yes(more, [cast.amina, cast.bo])

    assert queries() == one


def test_a_steward_who_is_named_in_the_request_is_not_told_how_many_said_yes(cast, dataset):
    cleo = {"name": "Cleo", "email": cast.cleo.user.email, "orcid": ""}
    chi = {"name": "Chi", "email": "chi@university.example", "orcid": ""}
    request = make_request(cast.chi.user, people=[chi, cleo])
    grant = say_yes(review_of(request), [cast.amina, cast.bo])

    assert "2 signed yes." in shown(cast.amina, grant)
    assert "signed yes." not in shown(cast.cleo, grant)
