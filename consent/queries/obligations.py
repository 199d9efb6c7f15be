"""Promises: what researchers owe communities, for both sides, and what is late."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from consent.agreement import Rulebook, rulebook_of
from consent.document import read_back
from consent.grants.grant import parse_grant
from consent.models import Grant, Obligation, RequestRevision, Review, TrainingRequest
from consent.promises import AT_THE_END, SOON_DAYS, Facts, Naming, Standing, naming, standing
from consent.queries.crew import requests_readable_by
from consent.rules import GrantState, ObligationKind
from governance.models import Community, Protocol, User
from governance.queries import communities_of, communities_where
from governance.rules import Verb, platform_may

_NEAR = (
    "community",
    "evidence",
    "reported_by",
    "done_by",
    "let_off_by",
    "grant__review__dataset",
    "grant__review__revision__request__applicant",
)


def obligations_visible_to(user: User) -> QuerySet[Obligation]:
    """What is owed to the communities this person belongs to, by day."""
    rows = Obligation.objects.filter(community__in=communities_of(user))
    return rows.select_related(*_NEAR).order_by("due_on", "pk")


def obligations_to_confirm(user: User) -> QuerySet[Obligation]:
    """Those that are reported, in the communities where this person may say that it is done."""
    rows = obligations_visible_to(user).filter(
        community__in=communities_where(user, Verb.CONFIRM_DONE)
    )
    return rows.filter(is_standing(Standing.REPORTED, timezone.localdate()))


def obligations_of_applicant(user: User) -> QuerySet[Obligation]:
    """What this researcher owes on her own requests, by day."""
    if not user.is_authenticated or not platform_may(user.platform_role, Verb.ASK):
        return Obligation.objects.none()
    rows = Obligation.objects.filter(grant__review__revision__request__applicant=user)
    return rows.select_related(*_NEAR).order_by("due_on", "pk")


def obligations_of_request(request: TrainingRequest) -> QuerySet[Obligation]:
    """Everything owed on one request, to any community. Not scoped."""
    rows = Obligation.objects.filter(grant__review__revision__request=request)
    return rows.select_related(*_NEAR).order_by("due_on", "pk")


def obligations_of_grant(grant: Grant) -> QuerySet[Obligation]:
    """Everything owed to one community on one request: also what an earlier agreement left."""
    return obligations_of_request(grant.review.revision.request).filter(community=grant.community)


def facts_of(row: Obligation) -> Facts:
    return Facts(
        due_on=row.due_on,
        reported=row.reported_at is not None,
        done=row.done_at is not None,
        let_off=row.let_off_at is not None,
    )


def standing_of(row: Obligation, today: date) -> Standing:
    return standing(facts_of(row), today)


def is_standing(wanted: Standing, today: date) -> Q:
    """The same as ``standing`` for the database."""
    open_ones = Q(done_at__isnull=True, let_off_at__isnull=True)
    unsaid = open_ones & Q(reported_at__isnull=True)
    soon = date.fromordinal(today.toordinal() + SOON_DAYS)
    return {
        Standing.DONE: Q(done_at__isnull=False),
        Standing.LET_OFF: Q(let_off_at__isnull=False),
        Standing.REPORTED: open_ones & Q(reported_at__isnull=False),
        Standing.LATE: unsaid & Q(due_on__lt=today),
        Standing.DUE: unsaid & Q(due_on=today),
        Standing.SOON: unsaid & Q(due_on__gt=today, due_on__lte=soon),
        Standing.PROMISED: unsaid & Q(due_on__gt=soon),
    }[wanted]


def open_obligations() -> Q:
    """Neither done nor let off."""
    return Q(done_at__isnull=True, let_off_at__isnull=True)


def rulebooks_of(grant: Grant) -> list[Rulebook]:
    """Return the protocols that the agreement names, in the versions that it names."""
    claims = parse_grant(grant.statement.text.encode())
    versions = Protocol.objects.filter(
        community__slug=claims.community, adopted_at__isnull=False
    ).select_related("statement")
    named = {(ref.line, ref.number) for ref in claims.protocols}
    return [
        rulebook_of(protocol.statement.text.encode())
        for protocol in versions.order_by("line", "number")
        if (protocol.line, protocol.number) in named
    ]


def naming_of(grant: Grant) -> Naming:
    """Return whether and how the community wishes to be named."""
    return naming(rulebooks_of(grant))


def results_returned(grant: Grant) -> bool:
    """Say whether the community has said that results came back to it (R-32).

    A steward must have confirmed it at least once, and nothing of the kind may be open. Being let
    off is not enough: what was never brought back is not published either.
    """
    rows = obligations_of_grant(grant).filter(kind=ObligationKind.RESULTS.value)
    return (
        rows.filter(done_at__isnull=False).exists() and not rows.filter(open_obligations()).exists()
    )


def closed_out(request: TrainingRequest, *, at: datetime) -> bool:
    """Say whether a request is over in full: every agreement ended, every promise settled."""
    grants = Grant.objects.filter(review__revision__request=request)
    if not grants.exists():
        return False
    running = grants.exclude(state=GrantState.REVOKED.value).filter(not_after__gt=at)
    owed = obligations_of_request(request).filter(open_obligations())
    return not running.exists() and not owed.exists()


def grants_without_promises() -> QuerySet[Grant]:
    """Agreements that are older than the ledger. Not scoped: for the clock."""
    return Grant.objects.filter(obligations__isnull=True).order_by("pk")


def ends_to_hurry() -> QuerySet[Obligation]:
    """What is owed at the end of an agreement that was taken back early. Not scoped."""
    kinds = [kind.value for kind in AT_THE_END]
    rows = Obligation.objects.filter(open_obligations(), kind__in=kinds, reported_at__isnull=True)
    return rows.filter(grant__revoked_at__isnull=False).select_related("grant").order_by("pk")


def obligations_overdue(today: date) -> QuerySet[Obligation]:
    """Whatever has its day today or had it, and is neither reported nor settled. Not scoped."""
    rows = Obligation.objects.filter(
        open_obligations(), reported_at__isnull=True, due_on__lte=today
    )
    return rows.select_related(*_NEAR).order_by("pk")


@dataclass(frozen=True)
class LatePromise:
    """One late promise of the people who ask, as one reader may see it.

    ``community`` and ``text`` are empty where it is owed to a community that is not the reader's
    own (R-30). ``reported``: they say that it is done, and nobody has confirmed it.
    """

    kind: str
    due_on: date
    community: str
    text: str
    reported: bool


def late_promises_for_review(review: Review, *, today: date) -> list[LatePromise]:
    """Return what the people of a request are late with, for one community's stewards (R-31)."""
    request = review.revision.request
    rows = late_of(request.applicant, read_back(review.revision.text), today=today)
    return [_late(row, own=row.community_id == review.community_id) for row in rows]


def late_promises_for_applicant(
    user: User, document: dict[str, Any], *, today: date
) -> list[LatePromise]:
    """Return what of it its applicant may see before she submits: of requests that she reads.

    Stewards see more. Whoever writes another person's address into a draft learns nothing of her.
    """
    hers = set(requests_readable_by(user).values_list("pk", flat=True))
    rows = late_of(user, document, today=today)
    rows = [row for row in rows if row.grant.review.revision.request_id in hers]
    return [_late(row, own=_applicant_of(row) == user.pk) for row in rows]


def late_of(applicant: User, document: dict[str, Any], *, today: date) -> list[Obligation]:
    """Return every late promise of an applicant and of the people whom her request names.

    People are known by account, e-mail address and ORCID; one agreeing part is enough.
    """
    named = document.get("people") or []
    emails = {person.get("email", "").lower() for person in named} | {applicant.email.lower()}
    orcids = {person.get("orcid", "") for person in named} | {applicant.orcid}
    emails.discard("")
    orcids.discard("")
    users = User.objects.filter(Q(email__in=emails) | Q(orcid__in=orcids))
    theirs = Q(request__applicant__in=users) | Q(request__applicant=applicant)
    for name, values in (("email", emails), ("orcid", orcids)):
        for value in sorted(values):  # the texts are canonical JSON: one spelling
            theirs |= Q(text__contains=f'"{name}":"{value}"')
    revisions = RequestRevision.objects.filter(theirs)
    rows = Obligation.objects.filter(open_obligations(), due_on__lt=today)
    rows = rows.filter(grant__review__revision__request__revisions__in=revisions).distinct()
    return list(rows.select_related(*_NEAR).order_by("due_on", "pk"))


def _late(row: Obligation, *, own: bool) -> LatePromise:
    return LatePromise(
        kind=row.kind,
        due_on=row.due_on,
        community=row.community.name if own else "",
        text=row.text if own else "",
        reported=row.reported_at is not None,
    )


def _applicant_of(row: Obligation) -> int:
    return row.grant.review.revision.request.applicant_id


def community_of_steward(user: User, community: Community) -> bool:
    """Say whether this person may say in this community that something is done."""
    return communities_where(user, Verb.CONFIRM_DONE).filter(pk=community.pk).exists()
