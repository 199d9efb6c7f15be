"""R-01: nothing reaches a node without grants for exactly this."""

import pytest
from django.utils import timezone

from consent.actions import notices
from consent.models import Grant, RequestRevision
from federation.actions import runs
from federation.gateway.memory import MemoryGateway
from federation.models import JobVersion, Run
from tests.consent.factories import sign_notice
from tests.factories import make_protocol
from tests.federation.dying import Dies, Killed, events
from tests.federation.factories import agree, ask, later, revision_of
from tests.federation.story import Three


def spoil_code(run: Run) -> None:
    JobVersion.objects.filter(pk=run.job_id).update(bundle=bytes(run.job.bundle) + b" ")


def spoil_config(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(config=run.config | {"job.predictors": "age"})


def spoil_request(run: Run) -> None:
    RequestRevision.objects.filter(pk=run.revision_id).update(text=run.revision.text + " ")


def spoil_ballots(run: Run) -> None:
    grant = Grant.objects.get(community__slug="river")
    other = Grant.objects.get(community__slug="hill")
    ballots = other.signed_text.partition('"ballots":')[2].partition(',"statement"')[0]
    own = grant.signed_text.partition('"ballots":')[2].partition(',"statement"')[0]
    grant.signed_text = grant.signed_text.replace(own, ballots)
    grant.save()


def spoil_sites(run: Run) -> None:
    run.sites.filter(node__community__slug="river").delete()


def spoil_grant(run: Run) -> None:
    """The grant of another request in the place of this one's."""
    grant = Grant.objects.get(community__slug="river")
    Grant.objects.filter(pk=grant.pk).update(
        signed_text=Grant.objects.get(community__slug="hill").signed_text
    )


def spoil_state(run: Run) -> None:
    Grant.objects.filter(community__slug="river").update(state="awaiting acceptance")


def spoil_rounds(run: Run) -> None:
    site = run.sites.get(node__community__slug="river")
    for number in range(3):
        run.receipts.create(
            node=site.node, sequence=number + 1, text=str(number), signature="s", digest="d",
            outcome="trained", code="ok", reason="r", data_opened=True, made_at=timezone.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (spoil_code, "Coast: The code is not the code that was approved."),
        (spoil_config, "Coast: The run's configuration is not the one that was approved."),
        (spoil_request, "Coast: The run is for another request, or another revision of it."),
        (spoil_ballots, "River: A signed answer does not hold."),
        (spoil_sites, "2 nodes can take part; 3 are needed."),
        (spoil_grant, "River: A document is another community's."),
        (spoil_state, "River's grant is awaiting acceptance."),
        (spoil_rounds, "River: All rounds of the grant are used."),
    ],
)
def test_a_run_that_the_grants_do_not_cover_is_refused_and_that_is_logged(
    planned: Run, gateway: MemoryGateway, spoil: object, reason: str
) -> None:
    assert callable(spoil)
    spoil(planned)

    runs.dispatch(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.state == "failed"
    assert planned.why.startswith(f"It was not sent out. {reason}")
    assert not gateway.started
    refusals = events("run.dispatch")
    assert {event.outcome for event in refusals} == {"refused"}
    assert all(event.reason in planned.why for event in refusals)


def test_what_changed_after_it_was_taken_up_is_seen_before_it_is_started(
    planned: Run, gateway: MemoryGateway
) -> None:
    with pytest.raises(Killed):
        runs.dispatch(planned.pk, gateway=Dies(gateway, when="taken up"))
    spoil_config(planned)

    runs.dispatch(planned.pk, gateway=gateway, at=later(seconds=11))

    planned.refresh_from_db()
    assert planned.state == "failed"
    assert not gateway.started


def test_a_pause_holds_a_planned_run_until_it_is_lifted(
    planned: Run, three: Three, gateway: MemoryGateway
) -> None:
    river = three.river
    amina, bo = river.stewards[:2]
    pause = notices.pause(community_id=river.community.pk, actor=amina.user, reason="We talk.")
    sign_notice(pause, [amina])
    notices.publish(river.community.pk)

    runs.stop_without_consent()
    runs.dispatch(planned.pk, gateway=gateway)

    planned.refresh_from_db()
    assert planned.state == "planned"
    assert planned.waiting_for == "River does not take part just now. It is tried again."

    resume = notices.propose_resume(community_id=river.community.pk, actor=amina.user)
    sign_notice(resume, [amina, bo])
    notices.publish(river.community.pk)
    runs.dispatch(planned.pk, gateway=gateway)
    planned.refresh_from_db()
    assert planned.state == "running"


def test_a_cooling_off_time_is_waited_for(three: Three, gateway: MemoryGateway) -> None:
    signers = [steward.signer for steward in three.hill.stewards]
    make_protocol(three.hill.community, signers, cooling_off_s=3600)
    request = ask(three.chi, three.all)
    agree(request, *three.all)
    run = runs.plan(revision_of(request).pk, actor=None)

    runs.dispatch(run.pk, gateway=gateway)
    run.refresh_from_db()
    assert run.state == "planned"
    assert run.waiting_for.startswith("Hill: The node uses this grant from ")

    runs.dispatch(run.pk, gateway=gateway, at=later(seconds=3601))
    run.refresh_from_db()
    assert run.state == "running"


def test_a_list_of_stops_that_is_too_old_is_waited_for(
    planned: Run, gateway: MemoryGateway
) -> None:
    runs.dispatch(planned.pk, gateway=gateway, at=later(days=2))

    planned.refresh_from_db()
    assert planned.state == "planned"
    assert "The list of notices is too old" in planned.waiting_for
