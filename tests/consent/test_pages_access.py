"""Each page of this app in everybody's name: who gets it, who learns that it does not exist."""

import pytest
from django.test import Client
from django.urls import reverse

from consent.actions import notices
from governance.rules import PlatformRole
from tests import factories as people
from tests.cast import Person

pytestmark = pytest.mark.django_db

MEMBERS = {"steward", "convenor", "custodian", "observer"}
STEWARDS = {"steward"}


@pytest.fixture
def notice(cast, grant):
    return notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="")


@pytest.fixture
def everybody(cast):
    other = people.make_user("Other", PlatformRole.RESEARCHER)
    return cast.everybody | {"other researcher": Person(other, people.make_passkey(other))}


def pages(review, grant, notice):
    """Name, arguments and method of each page, and who gets it."""
    return [
        ("reviews", [], "get", None),
        ("review", [review.public_id], "get", MEMBERS),
        ("review_sign", [review.public_id], "post", STEWARDS),
        ("review_conditions", [review.public_id], "get", STEWARDS),
        ("review_conditions", [review.public_id], "post", STEWARDS),
        ("review_renew", [review.public_id], "post", STEWARDS),
        ("grants", [], "get", None),
        ("grant", [grant.public_id], "get", MEMBERS),
        ("grant_accept", [grant.public_id], "get", {"researcher"}),
        ("grant_accept", [grant.public_id], "post", {"researcher"}),
        ("grant_revoke", [grant.public_id], "get", STEWARDS),
        ("grant_revoke", [grant.public_id], "post", STEWARDS),
        ("notices", [], "get", None),
        ("notice", [notice.public_id], "get", MEMBERS),
        ("notice_sign", [notice.public_id], "post", STEWARDS),
        ("notice_fall", [notice.public_id], "post", STEWARDS),
        ("pause", ["river"], "get", STEWARDS),
        ("pause", ["river"], "post", STEWARDS),
        ("resume", ["river"], "get", STEWARDS),
        ("resume", ["river"], "post", STEWARDS),
    ]


def test_whoever_does_not_belong_learns_that_there_is_no_such_page(
    review, grant, notice, everybody
):
    for name, args, method, allowed in pages(review, grant, notice):
        for role, person in everybody.items():
            if allowed is None or role in allowed:
                continue
            answer = getattr(person.client(), method)(reverse(f"consent:{name}", args=args))
            assert answer.status_code == 404, (name, method, role)


def test_whoever_belongs_gets_the_page(review, grant, notice, everybody):
    for name, args, method, allowed in pages(review, grant, notice):
        if method != "get":
            continue
        for role, person in everybody.items():
            if allowed is None or role in allowed:
                answer = person.client().get(reverse(f"consent:{name}", args=args))
                assert answer.status_code == 200, (name, role)


def test_strangers_are_sent_to_sign_in(review, grant, notice):
    for name, args, method, _allowed in pages(review, grant, notice):
        answer = getattr(Client(), method)(reverse(f"consent:{name}", args=args))

        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/accounts/login/"), name


def test_lists_show_nothing_of_another_community(review, grant, notice, everybody):
    for name in ("reviews", "grants", "notices"):
        for role in set(everybody) - MEMBERS:
            page = everybody[role].client().get(reverse(f"consent:{name}"))
            assert "Weight and illness" not in page.content.decode(), (name, role)
            assert "Pause everything" not in page.content.decode(), (name, role)


@pytest.mark.parametrize("name", ["review_sign", "review_renew", "notice_sign", "notice_fall"])
def test_acts_are_not_done_by_following_a_link(cast, review, notice, name):
    thing = review if name.startswith("review") else notice

    answer = cast.amina.client().get(reverse(f"consent:{name}", args=[thing.public_id]))

    assert answer.status_code == 405


def test_acts_need_the_csrf_token(cast, review, grant, notice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        cast.amina.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    for name, args, method, allowed in pages(review, grant, notice):
        if method == "post" and allowed == STEWARDS:
            answer = client.post(reverse(f"consent:{name}", args=args))
            assert answer.status_code == 403, name
