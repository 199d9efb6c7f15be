"""Agreements that go on under an older version of a protocol, and what their community chose."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from consent.grants.grant import parse_grant
from consent.models import AgreementChoice, Grant, Notice, Review
from consent.rules import GrantState, Keeping, NoticeKind, ReviewState
from governance.models import Community, Protocol
from governance.queries import protocols_in_force
from governance.rules import StatementState

_NEAR = ("community", "statement", "review__dataset", "review__revision__request__applicant")


@dataclass(frozen=True)
class Held:
    """One running agreement under one older version of a line.

    Attributes:
        number: the version that the agreement names.
        newest: the version in force now.
        choice: what the community chose for ``newest``; KEEP when nobody chose.
        chosen: the row of that choice; None while the default stands.
        anew: the review in which the stewards agree anew, or did; None when there is none.
        stop: a revocation that is put to the stewards; None when there is none.
    """

    grant: Grant
    number: int
    newest: Protocol
    choice: Keeping
    chosen: AgreementChoice | None
    anew: Review | None
    stop: Notice | None

    @property
    def replaced(self) -> bool:
        """Whether the stewards agreed anew, so that another agreement counts for new runs."""
        return self.anew is not None and self.anew.state == ReviewState.APPROVED

    @property
    def turned_down(self) -> bool:
        return self.anew is not None and self.anew.state == ReviewState.DECLINED

    @property
    def deciding(self) -> bool:
        return self.anew is not None and self.anew.state == ReviewState.OPEN


def grants_running(community: Community, *, at: datetime | None = None) -> QuerySet[Grant]:
    """Agreements of a community that are neither taken back nor over, the newest first."""
    at = at or timezone.now()
    grants = Grant.objects.filter(community=community, not_after__gt=at)
    grants = grants.exclude(state=GrantState.REVOKED.value)
    return grants.select_related(*_NEAR).order_by("-granted_at", "-pk")


def agreements_behind(community: Community, *, at: datetime | None = None) -> list[Held]:
    """Return every running agreement under an older version of a line, once for each such line.

    Six queries at most, whatever their number.
    """
    newest = {protocol.line: protocol for protocol in protocols_in_force(community)}
    if all(protocol.number == 1 for protocol in newest.values()):
        return []
    behind = [
        (grant, ref.number, newest[ref.line])
        for grant in grants_running(community, at=at)
        for ref in parse_grant(grant.statement.text.encode()).protocols
        if ref.line in newest and ref.number < newest[ref.line].number
    ]
    return _held(behind)


def agreement_behind(
    grant: Grant, protocol: Protocol, *, at: datetime | None = None
) -> Held | None:
    """Return where one agreement stands towards one version; None when there is no question."""
    found = agreements_behind(grant.community, at=at)
    wanted = (grant.pk, protocol.pk)
    return next((held for held in found if (held.grant.pk, held.newest.pk) == wanted), None)


def grants_on_hold(grants: Collection[Grant]) -> set[int]:
    """Return the keys of those under which the platform starts no new run.

    One for which its community wants to agree anew, until it did or chose otherwise; and one that
    a newer agreement has replaced. Nodes know nothing of it: to them a grant is good until it is
    taken back or over.
    """
    return wants_anew(grants) | grants_replaced(grants)


def wants_anew(grants: Iterable[Grant]) -> set[int]:
    """Return the keys of those for which the community said that it wants to agree anew."""
    rows = AgreementChoice.objects.filter(
        grant__in=[grant.pk for grant in grants],
        choice=Keeping.RENEGOTIATE.value,
        replaced_at__isnull=True,
    )
    return set(rows.values_list("grant_id", flat=True))


def grants_replaced(grants: Iterable[Grant]) -> set[int]:
    """Return the keys of those in whose place a newer agreement of the same community stands.

    It agreed anew on the same text, or on a changed one. A changed one stands from when it was
    accepted; taken back later, it does not bring the older one back.
    """
    newer = Grant.objects.filter(
        community=OuterRef("community"),
        review__revision=OuterRef("review__revision"),
        review__dataset=OuterRef("review__dataset"),
        review__opened_at__gt=OuterRef("review__opened_at"),
    )
    changed = Grant.objects.filter(review__amends=OuterRef("pk")).exclude(
        state=GrantState.AWAITING_ACCEPTANCE.value
    )
    rows = Grant.objects.filter(pk__in=[grant.pk for grant in grants])
    return set(rows.filter(Exists(newer) | Exists(changed)).values_list("pk", flat=True))


def choices_in_force(grant: Grant, line: str) -> QuerySet[AgreementChoice]:
    """What was chosen for an agreement in view of any version of a line, and still counts."""
    rows = AgreementChoice.objects.filter(
        grant=grant, protocol__line=line, replaced_at__isnull=True
    )
    return rows.select_related("protocol", "chosen_by").order_by("-protocol__number", "-pk")


def review_anew(grant: Grant) -> Review | None:
    """Return the newest review in which the same request was put to the same community again.

    Where the researcher is changing the request, what lies before the stewards is the changed one.
    """
    changed = Review.objects.filter(amends=grant, state=ReviewState.OPEN.value).first()
    return changed or _reviews_after([grant]).get(grant.pk)


def stop_put(grant: Grant) -> Notice | None:
    """Return the revocation of this agreement that is put to the stewards now."""
    return _stops([grant]).get(grant.pk)


def _held(behind: list[tuple[Grant, int, Protocol]]) -> list[Held]:
    grants = [grant for grant, _number, _newest in behind]
    rows = AgreementChoice.objects.filter(grant__in=grants, replaced_at__isnull=True)
    rows = rows.select_related("protocol", "chosen_by").order_by("protocol__number", "pk")
    # The choice for the newest version counts; wanting to agree anew goes on to a newer one.
    chosen: dict[tuple[int, str], AgreementChoice] = {}
    for row in rows:
        chosen[row.grant_id, row.protocol.line] = row
    reviews, stops = _reviews_after(grants), _stops(grants)
    found = []
    for grant, number, newest in behind:
        counting = _counting(chosen.get((grant.pk, newest.line)), newest)
        choice = Keeping(counting.choice) if counting else Keeping.KEEP
        anew, stop = reviews.get(grant.pk), stops.get(grant.pk)
        found.append(Held(grant, number, newest, choice, counting, anew, stop))
    return found


def _counting(row: AgreementChoice | None, newest: Protocol) -> AgreementChoice | None:
    """A yes to keeping was said in view of one version and says nothing of a later one."""
    if row is None or row.protocol_id == newest.pk or row.choice == Keeping.RENEGOTIATE:
        return row
    return None


def _reviews_after(grants: Collection[Grant]) -> dict[int, Review]:
    """Return, by the agreement's key, the newest later review of the same request and dataset."""
    rows = Review.objects.filter(
        community__in={grant.community_id for grant in grants},
        revision__in={grant.review.revision_id for grant in grants},
    )
    found: dict[int, Review] = {}
    for review in rows.exclude(state=ReviewState.WITHDRAWN.value).order_by("opened_at", "pk"):
        for grant in grants:
            same = (grant.community_id, grant.review.revision_id, grant.review.dataset_id)
            here = (review.community_id, review.revision_id, review.dataset_id)
            if same == here and review.opened_at > grant.review.opened_at:
                found[grant.pk] = review
    return found


def _stops(grants: Collection[Grant]) -> dict[int, Notice]:
    rows = Notice.objects.filter(
        grant__in=[grant.pk for grant in grants],
        kind=NoticeKind.REVOCATION.value,
        statement__state=StatementState.OPEN.value,
    )
    return {
        row.grant_id: row
        for row in rows.select_related("statement").order_by("pk")
        if row.grant_id is not None
    }
