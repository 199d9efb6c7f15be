"""R-17: conditions are accepted by the applicant's own signature, and kept as it came."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent.actions import acceptance, notices, reviews
from consent.errors import AcceptanceRefused, TransitionRefused
from consent.grants.acceptance import SignedAcceptance, verify_acceptance
from consent.grants.codec import canonical
from consent.models import Grant
from consent.queries.acceptance import acceptance_of
from governance.errors import SignatureRefused
from governance.models import AccessEvent, Alert, StoppedPasskey
from tests.cast import Person
from tests.consent.accepting import accept, posted, signature, text_for
from tests.consent.factories import make_request, review_of, say_yes, sign_notice
from tests.factories import make_passkey

pytestmark = pytest.mark.django_db


@pytest.fixture
def conditional(cast, review):
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    return say_yes(review, [cast.amina, cast.bo])


def page_of(grant: Grant) -> str:
    return reverse("consent:grant_accept", args=[grant.public_id])


def refused(cast, grant, text, assertion, error, match=None):
    with pytest.raises(error, match=match):
        acceptance.accept_conditions(grant.pk, actor=cast.chi.user, text=text, assertion=assertion)
    grant.refresh_from_db()
    assert (grant.state, grant.acceptance, grant.accepted_at) == ("awaiting acceptance", "", None)


# --- the act -----------------------------------------------------------------------------------


def test_what_is_kept_can_be_verified_by_anybody_with_the_grant(cast, conditional):
    text = text_for(conditional, cast.chi)

    acceptance.accept_conditions(
        conditional.pk,
        actor=cast.chi.user,
        text=text,
        assertion=signature(text, cast.chi.passkey),
    )

    conditional.refresh_from_db()
    kept = SignedAcceptance.from_json(conditional.acceptance)
    assert kept.text == text
    assert kept.cose == cast.chi.passkey.cose
    said = verify_acceptance(
        kept,
        grant=conditional.statement.text.encode(),
        rp_id=settings.KINHOLD_RP_ID,
        origins=(settings.KINHOLD_ORIGIN,),
    )
    assert (said.name, said.email) == (cast.chi.user.name, cast.chi.user.email)
    assert said.conditions == ("Tell us first.",)
    assert acceptance_of(conditional) == said


def test_the_stewards_are_told_and_the_applicant_was(cast, conditional):
    accept(conditional, cast.chi)

    key = f"grant:{conditional.public_id}"
    told = Alert.objects.filter(key=f"{key}:accepted").values_list("user", flat=True)
    assert set(told) == {steward.user.pk for steward in cast.stewards}
    asked = Alert.objects.get(key=f"{key}:conditions")
    assert (asked.user, asked.path, asked.community) == (cast.chi.user, page_of(conditional), None)


def test_a_passkey_of_another_account_does_not_count(cast, conditional):
    text = text_for(conditional, cast.chi)

    refused(
        cast, conditional, text, signature(text, cast.amina.passkey), SignatureRefused, "account"
    )

    told = AccessEvent.objects.get(verb="grant.accept")
    assert (told.outcome, told.actor) == ("refused", cast.chi.user)


def test_a_passkey_reported_as_stolen_does_not_count(cast, conditional):
    StoppedPasskey.objects.create(
        user=cast.chi.user,
        community=cast.river,
        credential_id=cast.chi.passkey.credential_id,
        reported_by=cast.amina.user,
        reason="Stolen.",
    )
    text = text_for(conditional, cast.chi)

    refused(cast, conditional, text, signature(text, cast.chi.passkey), SignatureRefused, "stolen")


def test_a_text_in_another_persons_name_does_not_count(cast, conditional):
    text = text_for(conditional, cast.amina)

    refused(cast, conditional, text, signature(text, cast.chi.passkey), SignatureRefused, "another")


@pytest.mark.parametrize(
    "change",
    [{"conditions": ["Nothing."]}, {"grant_digest": "0" * 64}, {"version": 2}, {"type": "grant"}],
)
def test_another_text_does_not_count(cast, conditional, change):
    text = canonical(json.loads(text_for(conditional, cast.chi)) | change)

    refused(cast, conditional, text, signature(text, cast.chi.passkey), SignatureRefused)


def test_a_text_of_another_grant_does_not_count(cast, conditional):
    review = review_of(make_request(cast.chi.user, question="Another?"))
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    other = say_yes(review, [cast.amina, cast.bo])
    text = text_for(other, cast.chi)

    refused(cast, conditional, text, signature(text, cast.chi.passkey), SignatureRefused)


@pytest.mark.parametrize(
    "part", ["authenticator_data", "client_data_json", "signature", "credential_id"]
)
def test_one_changed_byte_is_enough_to_refuse(cast, conditional, part):
    text = text_for(conditional, cast.chi)
    made = signature(text, cast.chi.passkey)
    held = getattr(made, part)

    refused(
        cast,
        conditional,
        text,
        replace(made, **{part: bytes([held[0] ^ 1]) + held[1:]}),
        SignatureRefused,
    )


@pytest.mark.parametrize("seconds", [-3601, 301])
def test_a_text_signed_long_ago_or_for_later_does_not_count(cast, conditional, seconds):
    at = timezone.now() + timedelta(seconds=seconds + (1 if seconds > 0 else 0))
    text = text_for(conditional, cast.chi, at)

    refused(cast, conditional, text, signature(text, cast.chi.passkey), AcceptanceRefused, "old")


def test_a_text_from_half_an_hour_ago_counts(cast, conditional):
    accept(conditional, cast.chi, timezone.now() - timedelta(minutes=30))

    conditional.refresh_from_db()
    assert conditional.state == "active"


def test_nothing_is_accepted_after_the_end(cast, conditional):
    past = timezone.now() - timedelta(days=1)
    Grant.objects.filter(pk=conditional.pk).update(
        not_before=past - timedelta(days=9), not_after=past
    )
    text = text_for(conditional, cast.chi)

    refused(cast, conditional, text, signature(text, cast.chi.passkey), AcceptanceRefused, "over")
    page = cast.chi.client().get(page_of(conditional)).content.decode()
    assert "there is nothing to accept any more" in page


def test_a_grant_that_waits_for_acceptance_can_be_taken_back_and_not_accepted_then(
    cast, conditional
):
    text = text_for(conditional, cast.chi)
    notice = notices.propose_revocation(conditional.pk, actor=cast.amina.user, reason="")
    sign_notice(notice, [cast.amina, cast.bo])

    conditional.refresh_from_db()
    assert conditional.state == "revoked"
    with pytest.raises(TransitionRefused, match="cannot accept a grant that is revoked"):
        acceptance.accept_conditions(
            conditional.pk,
            actor=cast.chi.user,
            text=text,
            assertion=signature(text, cast.chi.passkey),
        )
    page = cast.chi.client().get(page_of(conditional)).content.decode()
    assert "took its yes back" in page
    assert 'name="signature"' not in page


@pytest.mark.parametrize("alg", ["EdDSA", "RS256"])
def test_every_kind_of_passkey_counts(cast, conditional, alg):
    accept(conditional, Person(cast.chi.user, make_passkey(cast.chi.user, alg)))

    conditional.refresh_from_db()
    assert conditional.state == "active"


# --- the page ----------------------------------------------------------------------------------


def test_the_page_shows_the_exact_text_and_takes_the_signature(cast, conditional):
    client = cast.chi.client()
    page = client.get(page_of(conditional)).content.decode()
    form = posted(text_for(conditional, cast.chi), cast.chi.passkey)

    done = client.post(page_of(conditional), form, follow=True).content.decode()

    assert "&quot;type&quot;:&quot;acceptance&quot;" in page
    assert 'name="signature"' in page
    assert "You accepted the conditions." in done
    assert "It is signed with a passkey." in done
    conditional.refresh_from_db()
    assert acceptance_of(conditional).digest in done


def test_without_a_passkey_the_page_helps_to_make_one(cast, conditional):
    Authenticator.objects.filter(user=cast.chi.user).delete()
    client = Client()
    client.force_login(cast.chi.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    Authenticator.objects.create(
        user=cast.chi.user, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )

    page = client.get(page_of(conditional)).content.decode()

    assert "First you need a passkey." in page
    assert reverse("mfa_add_webauthn") in page
    assert 'name="signature"' not in page


@pytest.mark.parametrize("change", [{"signature": ""}, {"text": ""}, {"answer": "no"}])
def test_a_form_that_no_passkey_sent_is_shown_again(cast, conditional, change):
    form = posted(text_for(conditional, cast.chi), cast.chi.passkey) | change

    page = cast.chi.client().post(page_of(conditional), form)

    assert page.status_code == 400
    assert "did not come through" in page.content.decode()
    conditional.refresh_from_db()
    assert conditional.state == "awaiting acceptance"


def test_the_communitys_page_tells_who_accepted_and_when(cast, conditional):
    before = cast.ola.client().get(f"/grants/{conditional.public_id}/").content.decode()
    accept(conditional, cast.chi)
    conditional.refresh_from_db()

    after = cast.ola.client().get(f"/grants/{conditional.public_id}/").content.decode()

    assert "accepted the conditions on" not in before
    assert f"{cast.chi.user.name} accepted the conditions on" in after
    assert acceptance_of(conditional).digest in after
