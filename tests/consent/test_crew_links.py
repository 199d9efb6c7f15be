"""The link to a request's terms: by mail to one address, once, for a time (R-51)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from consent.actions import crew, requests
from consent.errors import Incomplete, LinkRefused, TransitionRefused
from consent.models import Collaborator, TrainingRequest
from consent.queries.crew import requests_readable_by
from consent.tasks import send_terms_links
from consent.terms import TERMS, TERMS_DIGEST
from governance.models import User
from governance.rules import PlatformRole
from tests.consent.factories import JOB, make_draft
from tests.consent.named import BEN, CHI, DAN, ben, browser_of, link_of, researcher, yes
from tests.factories import make_user

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


def test_submitting_asks_each_person_named_by_mail_once(request_sent):
    assert send_terms_links(request_sent.pk) == 1
    assert send_terms_links(request_sent.pk) == 0

    [sent] = mail.outbox
    assert sent.to == [BEN["email"]]
    whole = sent.subject + sent.body
    for told in ("Chi", "Weight", "River", "river", "university.example", "Lakeside"):
        assert told not in whole.replace(BEN["email"], "")
    assert link_of() not in ben().token_digest


@pytest.mark.parametrize(
    "name",
    [
        "Pay at https://evil.example/x",
        "See evil.example",
        "b@evil.example",
        "www.evil.example",
    ],
)
def test_a_name_leads_nowhere_in_the_mail(cast, dataset, name):
    draft = make_draft(cast.chi.user, people=[CHI, BEN | {"name": name}])
    crew.invite_now(draft.pk, actor=cast.chi.user)
    crew.send_links()

    assert "evil" not in mail.outbox[0].body
    assert mail.outbox[0].body.startswith("Hello and welcome,")


def test_the_link_is_shown_to_nobody_on_the_page(cast, request_sent, token):
    page = cast.chi.client().get(f"/requests/{request_sent.public_id}/files/").content.decode()

    assert "Ben" in page
    assert token not in page
    assert "/terms/" not in page


def test_a_mail_that_the_server_does_not_take_is_tried_again(request_sent, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert crew.send_links() == 0
    assert (ben().token_digest, ben().invited_at) == ("", None)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert crew.send_waiting(timezone.now()) == 1
    assert crew.send_links() == 1


def test_whoever_comes_in_by_the_link_gets_a_researchers_account_with_a_verified_address(token):
    answer = Client().post(
        f"/terms/{token}/", {"terms": TERMS_DIGEST, "agreed": "on", "name": "Ben B"}
    )

    user = User.objects.get(email=BEN["email"])
    assert answer["Location"] == "/accounts/2fa/webauthn/add/"
    assert (user.platform_role, user.name) == (PlatformRole.RESEARCHER, "Ben B")
    assert user.emailaddress_set.get().verified


def test_the_page_tells_what_it_is_about_and_what_is_taken_on(token):
    page = Client().get(f"/terms/{token}/").content.decode()

    for told in ("Weight and illness", "Lakeside University", "how weight and age go", "Chi"):
        assert told in page
    assert sum(sentence.replace("'", "&#x27;") in page for sentence in TERMS) == len(TERMS)


def test_a_link_works_once(token):
    yes(token)

    for act in (lambda: yes(token), lambda: crew.decline(token)):
        with pytest.raises(LinkRefused, match="does not work any more"):
            act()
    assert Client().get(f"/terms/{token}/").status_code == 404
    assert Client().get(f"/terms/{token}/decline/").status_code == 404


def test_a_link_works_for_thirty_days(token):
    Collaborator.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(LinkRefused):
        yes(token)


@pytest.mark.parametrize("end", ["withdrawn", "removed"])
def test_a_link_ends_with_the_request_or_when_she_is_named_no_more(cast, request_sent, token, end):
    if end == "withdrawn":
        requests.withdraw(request_sent.pk, actor=cast.chi.user)
    else:
        crew.name_people(request_sent, [CHI])

    with pytest.raises(LinkRefused):
        yes(token)


def test_another_account_cannot_use_the_link(cast, token):
    eve = researcher("eve@elsewhere.example", "Eve")

    with pytest.raises(LinkRefused, match="another account"):
        yes(token, signed_in=eve)
    answer = browser_of(eve).post(f"/terms/{token}/", {"terms": TERMS_DIGEST, "agreed": "on"})

    assert answer.status_code == 400
    assert "another account" in answer.content.decode()
    assert ben().accepted_at is None
    assert not requests_readable_by(eve).exists()


def test_the_link_alone_does_not_open_an_account_that_exists(token):
    held = researcher()

    with pytest.raises(LinkRefused, match="another account"):
        yes(token)
    page = Client().get(f"/terms/{token}/").content.decode()
    assert "Sign in with it" in page
    assert yes(token, signed_in=held) == held


def test_an_account_with_another_role_takes_no_terms_on(token):
    steward = make_user("Ben", PlatformRole.MEMBER, email=BEN["email"])

    with pytest.raises(LinkRefused, match="roles never mix"):
        yes(token, signed_in=steward)


def test_nothing_is_taken_on_unread(token):
    with pytest.raises(Incomplete, match="read them again"):
        yes(token, terms_digest="0" * 64)
    answer = Client().post(f"/terms/{token}/", {"terms": TERMS_DIGEST, "name": "Ben"})

    assert answer.status_code == 400
    assert ben().accepted_at is None


def test_a_guessed_link_opens_nothing(request_sent):
    for guess in ("x", "", ben().token_digest or "0" * 64):
        with pytest.raises(LinkRefused):
            crew.usable(guess)
    assert Client().get("/terms/guess/").status_code == 404


def test_a_new_link_ends_the_one_before_and_leaves_at_most_once_an_hour(cast, request_sent, token):
    with pytest.raises(TransitionRefused, match="Wait an hour"):
        crew.send_anew(ben().pk, actor=cast.chi.user)
    Collaborator.objects.update(invited_at=timezone.now() - timedelta(hours=1))
    crew.send_anew(ben().pk, actor=cast.chi.user)
    crew.send_links()

    assert link_of() != token
    with pytest.raises(LinkRefused):
        yes(token)
    assert yes(link_of())


def test_fifty_links_a_day_are_all_that_one_researcher_causes(cast, draft, monkeypatch):
    monkeypatch.setattr(crew, "MOST_LINKS_A_DAY", 1)
    other = make_draft(cast.chi.user, people=[CHI, DAN])
    for wanted in (draft, other):
        crew.invite_now(wanted.pk, actor=cast.chi.user)

    assert crew.send_links() == 1


def test_naming_somebody_again_and_again_sends_her_no_further_mail(cast, draft):
    for people in ([CHI, BEN], [CHI, DAN]) * 3:
        draft.draft = draft.draft | {"people": people}
        draft.save()
        crew.invite_now(draft.pk, actor=cast.chi.user)
        crew.send_links()

    assert sorted(sent.to[0] for sent in mail.outbox) == [BEN["email"], DAN["email"]]
    with pytest.raises(LinkRefused):
        yes(link_of())
    assert yes(link_of(DAN["email"]), name="Dan")


def test_who_is_named_again_on_another_day_is_asked_anew(cast, request_sent, token):
    crew.name_people(request_sent, [CHI])
    Collaborator.objects.update(invited_at=timezone.now() - timedelta(days=1))
    crew.name_people(request_sent, [CHI, BEN])

    assert crew.send_links() == 1
    assert link_of() != token
    with pytest.raises(LinkRefused):
        yes(token)


def test_a_request_that_is_withdrawn_asks_nobody_any_more(cast, request_sent):
    requests.withdraw(request_sent.pk, actor=cast.chi.user)

    assert crew.send_links() == 0
    assert TrainingRequest.objects.get().state == "withdrawn"
