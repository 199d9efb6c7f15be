"""A request that its applicant changes, for the table of permissions."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from consent.actions import requests as drafts
from consent.actions import revisions
from consent.terms import TERMS_DIGEST
from federation.actions import requests
from tests.cast import Person
from tests.permissions.words import TOLD

if TYPE_CHECKING:
    from tests.permissions.world import Things


def _changing(things: "Things", stewards: Sequence[Person]) -> Any:
    applicant, slug = things.draft.applicant, things.community.slug
    request = drafts.draft(
        actor=applicant, title=f"{TOLD[slug]} changes", fields=things.draft.draft
    )
    requests.submit(request.pk, actor=applicant, terms=TERMS_DIGEST)
    revisions.change(request.pk, actor=applicant)
    return request.public_id


CHANGING: dict[str, Callable[["Things", Sequence[Person]], Any]] = {"changing": _changing}
