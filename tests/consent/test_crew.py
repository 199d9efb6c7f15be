"""Everybody named in a request takes its terms on herself before anything runs (R-51)."""

import pytest
from django.test import Client
from django.utils import timezone

from consent.actions import crew, requests
from consent.crew import others_named
from consent.errors import Incomplete, NotAllowed, TransitionRefused
from consent.models import Collaborator
from consent.queries.crew import requests_readable_by
from consent.queries.holdups import what_holds
from consent.tasks import send_terms_links
from consent.terms import TERMS_DIGEST
from governance.models import AccessEvent, Alert, User
from governance.rules import PlatformRole
from tests.consent.factories import JOB, make_draft, review_of, say_yes
from tests.consent.named import BEN, CHI, DAN, ben, browser_of, change, link_of, researcher, yes
from tests.factories import make_passkey, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast, dataset):
    return make_draft(cast.chi.user, people=[CHI, BEN])


@pytest.fixture
def request_sent(cast, draft):
    requests.submit(draft.pk, actor=cast.chi.user, job=JOB)
    draft.refresh_from_db()
    return draft


@pytest.fixture
def token(request_sent):
    send_terms_links(request_sent.pk)
    return link_of()


class Account:
    email, orcid, name = "chi@home.example", "0000-0002-1825-0097", "Chi"


@pytest.mark.parametrize(
    "own",
    [
        {"name": "C. Chi", "email": "CHI@home.example", "orcid": ""},
        {"name": "C. Chi", "email": "chi@university.example", "orcid": Account.orcid},
        {"name": " chi ", "email": "chi@university.example", "orcid": ""},
    ],
)
def test_the_applicant_is_known_by_address_number_or_name(own):
    assert others_named([BEN, own], Account()) == [BEN]


def test_only_one_person_is_taken_for_the_applicant():
    twin = CHI | {"email": "other@university.example"}

    assert others_named([CHI, twin], Account()) == [twin]
    assert others_named([BEN], Account()) == [BEN]


def test_a_request_of_one_person_asks_nobody(cast, dataset):
    alone = make_draft(cast.chi.user)
    requests.submit(alone.pk, actor=cast.chi.user, job=JOB)

    assert not Collaborator.objects.exists()
    assert what_holds(alone, at=timezone.now()) == []


def test_nothing_runs_before_everybody_named_took_the_terms_on(cast, request_sent, token):
    say_yes(review_of(request_sent), [cast.amina, cast.bo])
    assert what_holds(request_sent, at=timezone.now()) == ["Ben has not accepted the terms yet."]

    user = yes(token)

    assert what_holds(request_sent, at=timezone.now()) == []
    row = ben()
    assert (row.user, row.accepted_digest, row.token_digest) == (user, TERMS_DIGEST, "")
    assert Alert.objects.filter(user=cast.chi.user, key__startswith=f"crew:{row.pk}:").exists()
    event = AccessEvent.objects.get(verb="crew.accept")
    assert (event.actor, event.document_digest) == (user, TERMS_DIGEST)


def test_no_needs_neither_account_nor_reason_and_holds_until_a_text_without_her(
    cast, request_sent, token
):
    assert Client().get(f"/terms/{token}/decline/").status_code == 200
    assert Client().post(f"/terms/{token}/decline/").status_code == 200

    assert not User.objects.filter(email=BEN["email"]).exists()
    [why] = what_holds(request_sent, at=timezone.now())
    assert why.startswith("Ben does not take part.")
    with pytest.raises(TransitionRefused, match="has answered"):
        crew.send_anew(ben().pk, actor=cast.chi.user)

    change(cast, request_sent, [CHI])
    assert what_holds(request_sent, at=timezone.now()) == []


def test_a_new_text_keeps_who_took_the_terms_on_and_asks_who_is_new(cast, request_sent, token):
    user = yes(token)

    change(cast, request_sent, [CHI, BEN, DAN])
    assert what_holds(request_sent, at=timezone.now()) == ["Dan has not accepted the terms yet."]
    assert requests_readable_by(user).count() == 1

    change(cast, request_sent, [CHI, DAN])
    assert requests_readable_by(user).count() == 0

    change(cast, request_sent, [CHI, BEN])
    assert what_holds(request_sent, at=timezone.now()) == []


def test_who_said_no_is_asked_again_when_she_is_named_in_a_new_text(cast, request_sent, token):
    crew.decline(token)
    change(cast, request_sent, [CHI, BEN, DAN])

    assert crew.send_links() == 2
    assert yes(link_of())


def test_only_the_applicant_asks_people(cast, request_sent, token):
    user = yes(token)

    for actor in (user, make_user("Eve", PlatformRole.RESEARCHER)):
        with pytest.raises(NotAllowed):
            crew.send_anew(ben().pk, actor=actor)
        with pytest.raises(NotAllowed):
            crew.invite_now(request_sent.pk, actor=actor)


def test_people_can_be_asked_before_it_is_sent_in(cast, draft):
    assert crew.invite_now(draft.pk, actor=cast.chi.user) == 1
    assert crew.send_links() == 1
    user = yes(link_of())
    assert requests_readable_by(user).get().pk == draft.pk

    requests.submit(draft.pk, actor=cast.chi.user, job=JOB)
    draft.refresh_from_db()
    assert crew.send_links() == 0
    assert what_holds(draft, at=timezone.now()) == []


@pytest.mark.parametrize("people", [[], [CHI], [CHI, {"name": "Ben"}], "Ben", [CHI, 7]])
def test_half_written_names_ask_nobody(cast, dataset, people):
    half = make_draft(cast.chi.user, people=people)

    with pytest.raises(Incomplete, match="Name the other people"):
        crew.invite_now(half.pk, actor=cast.chi.user)
    page = cast.chi.client().get(f"/requests/{half.public_id}/files/")
    assert page.status_code == 200


def test_whoever_took_the_terms_on_reads_the_request_and_changes_nothing(cast, request_sent, token):
    user = yes(token)
    make_passkey(user)
    browser = browser_of(user)
    address = f"/requests/{request_sent.public_id}/"

    page = browser.get(address)
    assert page.status_code == 200
    assert "you took on its terms" in page.content.decode()
    assert browser.get(f"{address}files/").status_code == 200
    assert "Weight and illness" in browser.get("/requests/").content.decode()
    for act in ("edit/", "withdraw/", "start/", "files/add/", "approvals/add/", "export/"):
        assert browser.get(address + act).status_code == 404, act
    assert browser.post(f"{address}people/invite/").status_code == 404
    assert browser.post(f"{address}people/{ben().pk}/anew/").status_code == 404
    for link in ("edit/", "withdraw/", "export/", "people/invite/"):
        assert f"{address}{link}" not in page.content.decode()


@pytest.mark.parametrize("state", ["asked", "declined"])
def test_before_her_yes_nobody_reads_it(request_sent, token, state):
    user = researcher()
    if state == "declined":
        crew.decline(token)

    assert not requests_readable_by(user).exists()
    assert browser_of(user).get(f"/requests/{request_sent.public_id}/").status_code == 404
