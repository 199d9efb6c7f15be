"""R-17: before the researcher's signature under conditions, nothing is planned and nothing sent."""

import pytest
from django.conf import settings

from consent.actions import reviews
from consent.grants.codec import b64u
from consent.models import Grant, Review, TrainingRequest
from consent.queries import grants_active
from federation.actions import runs
from federation.errors import NotDispatchable
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from federation.queries.readiness import readiness_of
from tests.consent.accepting import accept, sent, text_for
from tests.federation.calls import Script
from tests.federation.factories import agree, revision_of
from tests.federation.story import Three
from tools.soft_passkey import SoftPasskey

WAITS = "River said yes with conditions that are not accepted yet"


@pytest.fixture
def conditional(asked: TrainingRequest, three: Three) -> Grant:
    """All three said yes; River with a condition that nobody accepted yet."""
    review = Review.objects.get(revision__request=asked, community__slug="river")
    reviews.put_conditions(review.pk, actor=three.cast.amina.user, conditions=["Tell us first."])
    agree(asked, *three.all)
    return Grant.objects.get(community__slug="river")


@pytest.fixture
def script(three: Three) -> Script:
    return Script(three.chi.user, "requests:read", "requests:write")


def address(grant: Grant) -> str:
    request = grant.review.revision.request
    return f"requests/{request.public_id}/grants/{grant.public_id}/accept/"


# --- each way to a run -------------------------------------------------------------------------


def test_the_sweep_plans_nothing_before(conditional: Grant, three: Three) -> None:
    before = runs.plan_decided()
    accept(conditional, three.chi)

    assert before == []
    assert len(runs.plan_decided()) == 1


def test_the_researcher_cannot_start_it_on_the_page_before(
    conditional: Grant, three: Three
) -> None:
    request = conditional.review.revision.request
    page = three.chi.client().post(f"/requests/{request.public_id}/start/", follow=True)

    assert WAITS in page.content.decode()
    assert not Run.objects.exists()


def test_a_script_cannot_start_it_before(conditional: Grant, script: Script) -> None:
    request = conditional.review.revision.request

    answer = script.post(f"requests/{request.public_id}/runs/")

    assert (answer.status_code, answer.json()["code"]) == (409, "not-dispatchable")
    assert not Run.objects.exists()


def test_the_act_itself_refuses_before(conditional: Grant, three: Three) -> None:
    revision = conditional.review.revision
    held = [grant.community.slug for grant in grants_active(revision)]

    with pytest.raises(NotDispatchable, match=WAITS):
        runs.plan(revision.pk, actor=three.chi.user)

    assert held == ["coast", "hill"]
    assert WAITS in readiness_of(revision).why_not


def test_a_planned_run_is_not_sent_if_an_acceptance_is_missing_after_all(
    planned: Run, gateway: MemoryGateway
) -> None:
    Grant.objects.filter(community__slug="river").update(state="awaiting acceptance")

    runs.dispatch(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.state == "failed"
    assert "River's grant is awaiting acceptance." in planned.why


def test_after_the_signature_it_is_sent(
    conditional: Grant, three: Three, gateway: MemoryGateway
) -> None:
    accept(conditional, three.chi)

    run = runs.plan(revision_of(conditional.review.revision.request).pk, actor=three.chi.user)
    runs.dispatch(run.pk, gateway=gateway)

    run.refresh_from_db()
    assert run.state == "running"


# --- for scripts -------------------------------------------------------------------------------


def test_a_script_reads_the_text_signs_its_challenge_and_sends_it_back(
    conditional: Grant, script: Script, three: Three
) -> None:
    told = script.get(address(conditional)).json()

    done = script.post(address(conditional), sent(told["text"].encode(), three.chi.passkey))

    assert told["credentials"] == [b64u(three.chi.passkey.credential_id)]
    here = (settings.KINHOLD_RP_ID, settings.KINHOLD_ORIGIN)
    assert (told["rp_id"], told["origin"]) == here
    assert done.status_code == 200
    states = {c["community"]: c["grant_state"] for c in done.json()["communities"]}
    assert states["river"] == "active"
    assert script.get(address(conditional)).status_code == 409


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"signature": "AA"}, 409),
        ({"signature": "?"}, 400),
        ({"text": "{}"}, 409),
        ({"text": "\ud800"}, 400),
        ({"more": 1}, 400),
        ({"credential_id": ""}, 400),
    ],
)
def test_a_script_is_told_what_is_wrong(
    conditional: Grant, script: Script, three: Three, change: dict[str, object], status: int
) -> None:
    body = sent(text_for(conditional, three.chi), three.chi.passkey) | change

    answer = script.post(address(conditional), body)

    assert answer.status_code == status, answer.content
    conditional.refresh_from_db()
    assert conditional.state == "awaiting acceptance"


def test_a_passkey_nobody_registered_is_refused_for_scripts_too(
    conditional: Grant, script: Script, three: Three
) -> None:
    body = sent(text_for(conditional, three.chi), SoftPasskey("ES256"))

    answer = script.post(address(conditional), body)

    assert (answer.status_code, answer.json()["code"]) == (409, "signature-refused")


def test_a_token_that_only_reads_cannot_accept(conditional: Grant, three: Three) -> None:
    script = Script(three.chi.user, "requests:read")
    body = sent(text_for(conditional, three.chi), three.chi.passkey)

    assert script.get(address(conditional)).status_code == 200
    assert script.post(address(conditional), body).status_code == 403


# --- the page of the grant ---------------------------------------------------------------------


def test_the_grants_page_leads_to_its_runs(running: Run, three: Three) -> None:
    grant = Grant.objects.get(community__slug="river")
    place = f"/grants/{grant.public_id}/"

    steward = three.cast.amina.client().get(place).content.decode()
    observer = three.cast.ola.client().get(place).content.decode()

    assert f'href="/runs/{running.public_id}/"' in steward
    assert "linear-regression 1.0.0, planned on" in steward
    assert f"/runs/{running.public_id}/" not in observer
