"""Incidents and complaints: reported, told to all who are concerned, talked about, closed (R-57).

Each community is done with an incident by its own word. No time closes one.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.errors import ConflictOfInterest, Incomplete, NotAllowed, NotNow
from consent.models import Incident, IncidentCommunity, IncidentEntry, TrainingRequest
from consent.queries.crew import requests_readable_by
from consent.queries.incidents import asked_of, has_part_in, reported_by_researchers
from consent.queries.reviews import reviews_visible_to
from consent.queries.talk import researchers_of
from consent.rules import IncidentState, Severity
from consent.saying import said
from consent.times import ANSWER_WITHIN, CLOSE_WITHIN
from governance.actions.alerts import tell
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.actions.sealing import seal
from governance.models import Community, Membership, User
from governance.queries.communities import people_with
from governance.rules import Verb

MAX_TITLE, MAX_TEXT, MAX_CONTACT = 160, 4000, 200
MOST_A_DAY = 20  # reports, and entries, of one researcher: each is told to everybody concerned


@dataclass(frozen=True)
class Report:
    """What somebody says that happened."""

    title: str
    what: str
    happened_on: date
    severity: Severity
    contact: str


@transaction.atomic
def report_on_request(
    request_id: int, *, actor: User, report: Report, communities: Collection[str]
) -> Incident:
    """Report as a researcher to communities that were asked by one of her requests.

    Args:
        communities: short names; at least one.
    Raises:
        NotAllowed: it is none of her requests.
        Incomplete: something is missing, or a community was not asked by it.
        NotNow: she reported twenty within a day.
    """
    request = TrainingRequest.objects.select_for_update().get(pk=request_id)
    if not requests_readable_by(actor).filter(pk=request.pk).exists():
        raise NotAllowed(_("This is not a request of yours."))
    _not_too_many(Incident.objects.filter(reported_by=actor), "reported_at")
    asked = {community.slug: community for community in asked_of(request)}
    if not communities or not set(communities) <= asked.keys():
        raise Incomplete({"communities": _("Choose at least one of the communities asked.")})
    return _keep(report, actor, [asked[slug] for slug in sorted(set(communities))], request)


@transaction.atomic
def report_in_community(
    community_id: int, *, actor: User, report: Report, review_id: uuid.UUID | None = None
) -> Incident:
    """Report as a person of a community, to this community alone.

    Args:
        review_id: of the community's review of the request that it is about, if it is about one.
    Raises:
        NotAllowed: she has no role here.
        Incomplete: something is missing, or there is no such review here.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    require_member(actor, Verb.READ_COMMUNITY, community)
    request = None
    if review_id is not None:
        rows = reviews_visible_to(actor).filter(community=community, public_id=review_id)
        if (review := rows.first()) is None:
            raise Incomplete({"request": _("Your community has no such request.")})
        request = review.revision.request
    return _keep(report, actor, [community], request)


@transaction.atomic
def see(incident_id: int, *, community_id: int, actor: User) -> IncidentCommunity:
    """Say that the community knows of it and deals with it; the researchers learn that.

    Raises:
        NotAllowed: neither a steward nor a convenor here. ConflictOfInterest: one of those who ask.
        NotNow: somebody said so before.
    """
    held, own = _held(incident_id, community_id, actor)
    if held.seen_at is not None:
        raise NotNow(_("Somebody of your community said so before."))
    held.seen_at, held.seen_by = timezone.now(), own
    held.save(update_fields=["seen_at", "seen_by"])
    _record("incident.see", held.incident, actor, held.community)
    _tell_researchers(held.incident, f"seen:{held.community.slug}", but=actor)
    return held


@transaction.atomic
def note(
    incident_id: int, *, community_id: int, actor: User, text: str, to_all: bool
) -> IncidentEntry:
    """Write an entry for the community alone, or for all who are concerned.

    Raises:
        NotAllowed: neither a steward nor a convenor here. ConflictOfInterest: one of those who ask.
        NotNow: the community is done with it. Incomplete: the text is empty or too long.
    """
    held, own = _held(incident_id, community_id, actor)
    _must_go_on(held)
    text = said("text", text, MAX_TEXT)
    entry = IncidentEntry(incident=held.incident, author=actor, seat=own)
    if to_all:
        entry.text = text
    else:
        entry.community = held.community
        entry.sealed = seal(held.community, text, context=f"incident-entry:{entry.public_id}")
    entry.save()
    _record("incident.note", held.incident, actor, held.community)
    concerned = held.incident.concerned.select_related("community")
    rows = list(concerned) if to_all else [held]
    _tell_communities(held.incident, rows, f"entry:{entry.public_id}", but=actor)
    if to_all:
        _tell_researchers(held.incident, f"entry:{entry.public_id}", but=actor)
    return entry


@transaction.atomic
def note_of_researcher(incident_id: int, *, actor: User, text: str) -> IncidentEntry:
    """Write an entry as one of the researchers; all who are concerned read it.

    Raises:
        NotAllowed: it is none that she can read.
        NotNow: all are done with it, or she wrote twenty today.
        Incomplete: the text is empty or too long.
    """
    incident = _locked(incident_id)
    request = incident.request
    mine = request and requests_readable_by(actor).filter(pk=request.pk).exists()
    if not mine or not reported_by_researchers().filter(pk=incident.pk).exists():
        raise NotAllowed(_("This is not an incident of yours."))
    if incident.state != IncidentState.OPEN.value:
        raise NotNow(_("All who are concerned are done with it."))
    _not_too_many(IncidentEntry.objects.filter(author=actor), "written_at")
    text = said("text", text, MAX_TEXT)
    entry = IncidentEntry.objects.create(incident=incident, author=actor, text=text)
    rows = list(incident.concerned.select_related("community"))
    for row in rows:
        _record("incident.note", incident, actor, row.community)
    _tell_communities(incident, rows, f"entry:{entry.public_id}", but=actor)
    _tell_researchers(incident, f"entry:{entry.public_id}", but=actor)
    return entry


@transaction.atomic
def close(incident_id: int, *, community_id: int, actor: User) -> IncidentCommunity:
    """Say that the community is done with it. When the last one is, the incident is closed.

    Raises:
        NotAllowed: neither a steward nor a convenor here. ConflictOfInterest: one of those who ask.
        NotNow: the community is done with it already.
    """
    held, own = _held(incident_id, community_id, actor)
    _must_go_on(held)
    now = timezone.now()
    if held.seen_at is None:
        held.seen_at, held.seen_by = now, own
    held.closed_at, held.closed_by = now, own
    held.save(update_fields=["seen_at", "seen_by", "closed_at", "closed_by"])
    incident = held.incident
    _record("incident.close", incident, actor, held.community)
    if not incident.concerned.filter(closed_at__isnull=True).exists():
        incident.state = IncidentState.CLOSED.value
        incident.save(update_fields=["state"])
    _tell_researchers(incident, f"closed:{held.community.slug}", but=actor)
    return held


def _keep(
    report: Report,
    actor: User,
    communities: Iterable[Community],
    request: TrainingRequest | None,
) -> Incident:
    title, what, contact = _checked(report)
    now = timezone.now()
    incident = Incident.objects.create(
        request=request,
        title=title,
        what=what,
        contact=contact,
        happened_on=report.happened_on,
        severity=report.severity.value,
        reported_by=actor,
        answer_due_at=now + ANSWER_WITHIN[report.severity],
        close_due_at=now + CLOSE_WITHIN,
    )
    rows = [
        IncidentCommunity.objects.create(incident=incident, community=community)
        for community in communities
    ]
    for row in rows:
        _record("incident.report", incident, actor, row.community)
    _tell_communities(incident, rows, "reported", but=actor)
    _tell_researchers(incident, "reported", but=actor)
    return incident


def _not_too_many(rows: "QuerySet[Any]", when: str) -> None:
    lately = timezone.now() - timedelta(days=1)
    if rows.filter(**{f"{when}__gt": lately}).count() >= MOST_A_DAY:
        raise NotNow(_("That is enough for one day. In an emergency, call the people."))


def _checked(report: Report) -> tuple[str, str, str]:
    """Return title, text and contact; all that is wrong is said at once."""
    found: dict[str, str] = {}
    problems: dict[str, str] = {}
    limits = {"title": MAX_TITLE, "what": MAX_TEXT, "contact": MAX_CONTACT}
    for name, most in limits.items():
        try:
            found[name] = said(name, getattr(report, name), most, line=name != "what")
        except Incomplete as refusal:
            problems |= refusal.fields
    if report.happened_on > timezone.localdate():
        problems["happened_on"] = _("This day has not come yet.")
    if problems:
        raise Incomplete(problems)
    return found["title"], found["what"], found["contact"]


def _locked(incident_id: int) -> Incident:
    rows = Incident.objects.select_for_update(of=("self",)).select_related("request__applicant")
    return rows.get(pk=incident_id)


def _held(incident_id: int, community_id: int, actor: User) -> tuple[IncidentCommunity, Membership]:
    incident = _locked(incident_id)
    community = Community.objects.get(pk=community_id)
    own = require_member(actor, Verb.HANDLE_INCIDENT, community)
    held = IncidentCommunity.objects.filter(incident=incident, community=community).first()
    if held is None:
        raise NotAllowed(_("This incident does not concern your community."))
    if has_part_in(incident, community, actor):
        raise ConflictOfInterest(
            _("You are named in this request. Others of your community deal with it.")
        )
    held.incident, held.community = incident, community
    return held, own


def _must_go_on(held: IncidentCommunity) -> None:
    if held.closed_at is not None:
        raise NotNow(_("Your community is done with it."))


def _record(verb: str, incident: Incident, actor: User, community: Community) -> None:
    record(verb, actor=actor, subject=f"incident:{incident.public_id}", community=community)


def _tell_communities(
    incident: Incident, rows: Iterable[IncidentCommunity], what: str, *, but: User
) -> None:
    for row in rows:
        people = people_with(row.community, Verb.HANDLE_INCIDENT)
        tell(
            [person for person in people if person != but],
            key=f"incident:{incident.public_id}:{what}",
            path=reverse("consent:incident", args=[row.community.slug, incident.public_id]),
            community=row.community,
        )


def _tell_researchers(incident: Incident, what: str, *, but: User) -> None:
    """Tell the researchers of what one of them reported; of others they learn nothing."""
    request = incident.request
    if request is None or not reported_by_researchers().filter(pk=incident.pk).exists():
        return
    tell(
        [person for person in researchers_of(request) if person != but],
        key=f"incident:{incident.public_id}:{what}",
        path=reverse("consent:own_incident", args=[request.public_id, incident.public_id]),
    )
