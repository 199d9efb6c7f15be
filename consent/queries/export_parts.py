"""What goes along with a request or an agreement in a file: only what its reader may know."""

import json
from typing import Any

from consent.document import read_back
from consent.grants.codec import time_text
from consent.grants.grant import parse_grant
from consent.models import Grant, Obligation, RequestRevision, Review
from consent.queries.exports import Exportable
from consent.rules import ReviewState
from governance.exchange import derived
from governance.models import Protocol

_TOLD = {
    ReviewState.APPROVED.value: "yes",
    ReviewState.DECLINED.value: "no",
    ReviewState.SENT_BACK.value: "sent back",
    ReviewState.OPEN.value: "deciding",
}


def beside_request(found: Exportable) -> dict[str, Any]:
    """Return the revisions, the decisions and what is derived, as the reader may know them.

    A community reads the revisions that were put to it, and its own decisions; the applicant reads
    her own revisions, and of each community that it said yes or no and when (R-29, R-30).
    """
    return {
        "revisions": [_revision(row) for row in revisions_told(found)],
        "decisions": [_decision(row) for row in reviews_told(found)],
        "derived": derived.of_request(read_back(found.revision.text)),
    }


def revisions_told(found: Exportable) -> list[RequestRevision]:
    rows = RequestRevision.objects.filter(request=found.revision.request_id)
    if found.community is not None:
        rows = rows.filter(reviews__community=found.community).distinct()
    return list(rows.order_by("number"))


def reviews_told(found: Exportable) -> list[Review]:
    rows = Review.objects.filter(
        revision__request=found.revision.request_id, state__in=list(_TOLD)
    ).select_related("community", "dataset", "revision")
    if found.community is not None:
        rows = rows.filter(community=found.community)
    return list(rows.order_by("revision__number", "community__slug", "pk"))


def beside_agreement(grant: Grant) -> dict[str, Any]:
    """Return what the researcher signed, what she owes, and what is derived.

    The acceptance is the whole envelope, so that both sides can verify it without the platform.
    """
    statement = json.loads(grant.statement.text)
    return {
        "accepted": json.loads(grant.acceptance) if grant.acceptance else None,
        "obligations": [
            {"kind": row.kind, "text": row.text, "due": row.due_on.isoformat()}
            for row in Obligation.objects.filter(grant=grant, let_off_at__isnull=True)
        ],
        "derived": derived.of_grant(statement, _protocols(grant)),
    }


def _revision(row: RequestRevision) -> dict[str, Any]:
    return {
        "number": row.number,
        "digest": row.digest,
        "submitted": time_text(row.submitted_at),
        "note": row.note,
    }


def _decision(row: Review) -> dict[str, Any]:
    return {
        "community": row.community.slug,
        "dataset": row.dataset.slug,
        "revision": row.revision.number,
        "decision": _TOLD[row.state],
        "decided": time_text(row.decided_at) if row.decided_at else None,
    }


def _protocols(grant: Grant) -> list[dict[str, Any]]:
    """The very versions that the text names, by digest."""
    claims = parse_grant(grant.statement.text.encode())
    rows = Protocol.objects.filter(
        community=grant.community, statement__digest__in=[ref.digest for ref in claims.protocols]
    )
    return [json.loads(row.statement.text) for row in rows.select_related("statement")]
