"""Incidents: who may report to whom, who is told and reads what, and that only people close one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.actions import incidents
from consent.errors import Incomplete, NotAllowed, NotNow
from consent.models import IncidentEntry, Review, TrainingRequest
from consent.queries.incidents import (
    incidents_beside,
    incidents_of,
    incidents_of_request,
    lines_for,
    lines_for_researchers,
)
from consent.rules import Severity
from governance.errors import NotAllowed as NotAllowedHere
from governance.models import AccessEvent, Alert, CommunityKey, Dataset
from tests import factories
from tests.cast import Cast, Person
from tests.consent.factories import make_draft, make_request, review_of
from tests.consent.incidents import by_member, by_researcher, request_to_both, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(cast: Cast, dataset: Dataset) -> TrainingRequest:
    return request_to_both(cast, dataset)


def told_people(what: str) -> set[str]:
    rows = Alert.objects.filter(key__startswith="incident:", key__endswith=what)
    return set(rows.values_list("user__name", flat=True))


def logged(verb: str) -> list[str]:
    rows = AccessEvent.objects.filter(verb=verb).order_by("pk")
    return [event.community.slug for event in rows if event.community]


def test_a_researchers_report_tells_every_community_that_she_names_at_once(
    cast: Cast, both: TrainingRequest
) -> None:
    incident = by_researcher(both, "river", "coast")

    assert told_people(":reported") == {"Amina", "Bo", "Cleo", "Eli", "Zed", "Yan"}
    assert logged("incident.report") == ["coast", "river"]
    assert incident.answer_due_at - incident.reported_at == pytest.approx(
        timedelta(hours=72), abs=timedelta(seconds=5)
    )
    for alert in Alert.objects.filter(key__startswith="incident:"):
        assert "laptop" not in alert.key + alert.path


@pytest.mark.parametrize(
    ("severity", "span"), [("grave", "1 day"), ("serious", "3 days"), ("low", "10 days")]
)
def test_how_bad_it_is_sets_the_clock(severity: str, span: str, cast: Cast, review: Review) -> None:
    incident = by_researcher(review.revision.request, severity=Severity(severity))

    days = int(span.split()[0])
    ran = incident.answer_due_at - incident.reported_at
    assert abs(ran - timedelta(days=days)) < timedelta(seconds=5)
    assert (incident.close_due_at - incident.reported_at).days in (29, 30)


def test_a_report_goes_to_communities_that_were_asked_and_to_one_at_least(
    cast: Cast, review: Review
) -> None:
    for chosen in ([], ["coast"], ["river", "coast"]):
        with pytest.raises(Incomplete, match="at least one of the communities asked"):
            incidents.report_on_request(
                review.revision.request.pk,
                actor=cast.chi.user,
                report=told(),
                communities=chosen,
            )
    draft = make_draft(cast.chi.user)
    with pytest.raises(Incomplete):
        incidents.report_on_request(
            draft.pk, actor=cast.chi.user, report=told(), communities=["river"]
        )


@pytest.mark.parametrize("who", ["amina", "zed", "aud", "max", "eli"])
def test_nobody_reports_on_a_request_that_is_not_hers(who: str, cast: Cast, review: Review) -> None:
    person: Person = getattr(cast, who)
    with pytest.raises(NotAllowed):
        incidents.report_on_request(
            review.revision.request.pk, actor=person.user, report=told(), communities=["river"]
        )


def test_all_that_is_wrong_with_a_report_is_said_at_once(cast: Cast, review: Review) -> None:
    with pytest.raises(Incomplete) as refusal:
        by_researcher(
            review.revision.request,
            title=" ",
            what="x" * 4001,
            contact="",
            happened_on=timezone.localdate() + timedelta(days=1),
        )

    assert set(refusal.value.fields) == {"title", "what", "contact", "happened_on"}


@pytest.mark.parametrize("who", ["amina", "eli", "dov", "ola"])
def test_everybody_of_a_community_may_report_to_it(who: str, cast: Cast, review: Review) -> None:
    person: Person = getattr(cast, who)
    by_member(cast, person, review.revision.request)

    assert told_people(":reported") == {"Amina", "Bo", "Cleo", "Eli"} - {person.user.name}
    assert logged("incident.report") == ["river"]


@pytest.mark.parametrize("who", ["zed", "chi", "aud", "max"])
def test_nobody_from_outside_reports_in_a_community(who: str, cast: Cast) -> None:
    with pytest.raises(NotAllowedHere):
        by_member(cast, getattr(cast, who))


def test_a_member_names_only_requests_that_her_community_reads(
    cast: Cast, both: TrainingRequest
) -> None:
    with pytest.raises(Incomplete, match="no such request"):
        incidents.report_in_community(
            cast.river.pk,
            actor=cast.amina.user,
            report=told(),
            review_id=review_of(both, "coast").public_id,
        )


def test_what_a_community_reports_stays_with_it(cast: Cast, both: TrainingRequest) -> None:
    incident = by_member(cast, cast.amina, both)
    incidents.note(
        incident.pk, community_id=cast.river.pk, actor=cast.eli.user, text="x", to_all=True
    )
    incidents.close(incident.pk, community_id=cast.river.pk, actor=cast.eli.user)

    assert not incidents_of(cast.coast).exists()
    assert not incidents_of_request(both).exists()
    names = set(Alert.objects.filter(key__startswith="incident:").values_list("user__name"))
    assert names & {("Chi",), ("Zed",), ("Yan",)} == set()
    with pytest.raises(NotAllowed):
        incidents.note_of_researcher(incident.pk, actor=cast.chi.user, text="x")


def test_seen_written_and_closed_each_by_the_community_for_itself(
    cast: Cast, both: TrainingRequest
) -> None:
    incident = by_researcher(both, "river", "coast")
    river = {"community_id": cast.river.pk, "actor": cast.eli.user}

    incidents.see(incident.pk, **river)
    with pytest.raises(NotNow, match="said so before"):
        incidents.see(incident.pk, **river)
    incidents.close(incident.pk, **river)
    for again in (incidents.close, lambda pk, **who: incidents.note(pk, text="x", to_all=1, **who)):
        with pytest.raises(NotNow, match="done with it"):
            again(incident.pk, **river)
    incident.refresh_from_db()
    assert incident.state == "open"
    assert incidents_of(cast.coast).get().seen_at is None

    incidents.close(incident.pk, community_id=cast.coast.pk, actor=cast.zed.user)

    incident.refresh_from_db()
    assert incident.state == "closed"
    assert incidents_of(cast.coast).get().seen_by == cast.zed.membership
    assert logged("incident.close") == ["river", "coast"]
    assert {"Chi"} == told_people(":closed:river") == told_people(":closed:coast")
    with pytest.raises(NotNow, match="All who are concerned"):
        incidents.note_of_researcher(incident.pk, actor=cast.chi.user, text="x")


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "aud", "max", "zed"])
def test_only_stewards_and_convenors_deal_with_an_incident(
    who: str, cast: Cast, review: Review
) -> None:
    incident = by_researcher(review.revision.request)
    person: Person = getattr(cast, who)
    acts = {"community_id": cast.river.pk, "actor": person.user}

    for act in (
        lambda: incidents.see(incident.pk, **acts),
        lambda: incidents.note(incident.pk, text="x", to_all=False, **acts),
        lambda: incidents.close(incident.pk, **acts),
    ):
        with pytest.raises(NotAllowedHere):
            act()
    assert logged("incident.see") == logged("incident.close") == []


def test_a_community_that_is_not_concerned_cannot_act(cast: Cast, both: TrainingRequest) -> None:
    incident = by_researcher(both, "river")
    with pytest.raises(NotAllowed, match="does not concern"):
        incidents.see(incident.pk, community_id=cast.coast.pk, actor=cast.zed.user)


def test_each_side_reads_its_own_names_and_what_is_for_all(
    cast: Cast, both: TrainingRequest
) -> None:
    incident = by_researcher(both, "river", "coast")
    river = {"community_id": cast.river.pk, "actor": cast.eli.user}
    incidents.note(incident.pk, text="marked for us", to_all=False, **river)
    incidents.note(incident.pk, text="for all", to_all=True, **river)
    incidents.note_of_researcher(incident.pk, actor=cast.chi.user, text="found it")

    def read(lines):
        return [(line.by, line.text, line.private) for line in lines]

    assert read(lines_for(incident, cast.river)) == [
        ("Eli", "marked for us", True),
        ("Eli", "for all", False),
        ("Chi", "found it", False),
    ]
    outside = [("River", "for all", False), ("Chi", "found it", False)]
    assert read(lines_for(incident, cast.coast)) == outside
    assert read(lines_for_researchers(incident)) == outside
    private, shared, _reply = IncidentEntry.objects.order_by("pk")
    assert told_people(f":entry:{private.public_id}") == {"Amina", "Bo", "Cleo"}
    assert told_people(f":entry:{shared.public_id}") == {"Amina", "Bo", "Cleo", "Zed", "Yan", "Chi"}


def test_what_a_community_keeps_to_itself_is_sealed(cast: Cast, review: Review) -> None:
    incident = by_researcher(review.revision.request)
    entry = incidents.note(
        incident.pk,
        community_id=cast.river.pk,
        actor=cast.eli.user,
        text="marked for us",
        to_all=False,
    )

    entry.refresh_from_db()
    assert entry.text == ""
    assert b"marked" not in bytes(entry.sealed)
    CommunityKey.objects.all().delete()
    assert [line.text for line in lines_for(incident, cast.river)] == [
        "This text cannot be read any more."
    ]


def test_a_request_shows_what_is_open_with_its_own_community(cast: Cast, review: Review) -> None:
    incident = by_member(cast, cast.ola, review.revision.request)
    by_member(cast, cast.ola)  # about no request, so about nobody
    assert [held.incident for held in incidents_beside(review).own] == [incident]

    incidents.close(incident.pk, community_id=cast.river.pk, actor=cast.eli.user)

    assert not incidents_beside(review)


def test_elsewhere_only_the_bare_fact_of_what_the_researchers_reported_is_told(
    cast: Cast, both: TrainingRequest
) -> None:
    """What a community reports itself leaves it in no way; see docs/adr/0024."""
    coast = review_of(both, "coast")
    by_member(cast, cast.amina, both)
    assert not incidents_beside(coast)

    incident = by_researcher(both, "river")
    beside = incidents_beside(coast)
    assert (beside.own, beside.elsewhere) == ((), True)

    incidents.close(incident.pk, community_id=cast.river.pk, actor=cast.eli.user)
    assert not incidents_beside(coast)


def test_what_both_were_told_is_elsewhere_for_neither(cast: Cast, both: TrainingRequest) -> None:
    incident = by_researcher(both, "river", "coast")
    incidents.close(incident.pk, community_id=cast.coast.pk, actor=cast.zed.user)

    assert not incidents_beside(review_of(both, "coast"))
    assert not incidents_beside(review_of(both, "river")).elsewhere


def test_another_researchers_incident_shows_on_no_request(
    cast: Cast, both: TrainingRequest
) -> None:
    other = factories.make_user("Rex", cast.chi.user.platform_role)
    by_researcher(make_request(other), "river")

    assert not incidents_beside(review_of(both, "coast"))
    assert not incidents_beside(review_of(both, "river"))
