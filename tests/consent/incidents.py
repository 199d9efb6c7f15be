"""Requests to two communities and incidents about them, for tests."""

from typing import Any

from django.utils import timezone

from consent.actions import incidents
from consent.actions.incidents import Report
from consent.models import Incident, TrainingRequest
from consent.rules import Severity
from governance.actions import dataset_holders, dataset_protocols
from governance.models import Dataset
from tests import factories
from tests.cast import Cast, Person
from tests.consent.factories import make_request, review_of

SENT = {
    "title": "A marked laptop is gone",
    "what": "It held the marked coefficients.",
    "severity": "serious",
    "contact": "Marked contact, by phone",
}


def form(**changes: Any) -> dict[str, Any]:
    return SENT | {"happened_on": timezone.localdate().isoformat()} | changes


def told(**changes: Any) -> Report:
    found = SENT | {"happened_on": timezone.localdate(), "severity": Severity.SERIOUS} | changes
    return Report(**found)


def hold_with_coast(cast: Cast, dataset: Dataset) -> None:
    """Coast holds River's dataset, too: each request for it is put to both."""
    yan = factories.make_user("Yan")
    signers = [cast.zed.signer, (yan, factories.make_passkey(yan))]
    factories.make_membership(yan, cast.coast)
    factories.make_charter(cast.coast, signers)
    factories.make_protocol(cast.coast, signers)
    dataset_holders.add_holder(dataset.pk, actor=cast.amina.user, community_id=cast.coast.pk)
    dataset_protocols.set_lines(
        dataset.pk, actor=cast.zed.user, community_id=cast.coast.pk, lines=["main"]
    )


def request_to_both(cast: Cast, dataset: Dataset) -> TrainingRequest:
    hold_with_coast(cast, dataset)
    return make_request(cast.chi.user)


def by_researcher(
    request: TrainingRequest, *communities: str, by: Person | None = None, **changes: Any
) -> Incident:
    return incidents.report_on_request(
        request.pk,
        actor=by.user if by else request.applicant,
        report=told(**changes),
        communities=communities or ["river"],
    )


def by_member(cast: Cast, by: Person, request: TrainingRequest | None = None, **changes: Any):
    review = review_of(request).public_id if request else None
    return incidents.report_in_community(
        cast.river.pk, actor=by.user, report=told(**changes), review_id=review
    )
