"""The block lists of communities, for the stewards of each and for what asks whether one fits."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from consent.blocking import names_blocked
from consent.document import read_back
from consent.models import Block, RequestRevision
from governance.models import Community, User


def blocks_of(community: Community) -> QuerySet[Block]:
    """Everything that was ever on a community's list, newest first."""
    rows = Block.objects.filter(community=community)
    return rows.select_related("made_by", "lifted_by").order_by("-pk")


def communities_that_block(
    document: Mapping[str, Any], applicant: User, communities: Iterable[Community]
) -> list[Community]:
    """Return those of the communities that do not take this request now. One query."""
    asked = {community.pk: community for community in communities}
    whole = _with_applicant(document, applicant)
    rows = Block.objects.filter(community__in=asked, lifted_at__isnull=True)
    closed = {block.community_id for block in rows if names_blocked(block, whole)}
    found = [community for pk, community in asked.items() if pk in closed]
    return sorted(found, key=lambda community: community.name)


def blocks_that_fit(revision: RequestRevision, community: Community) -> list[Block]:
    """Return what on a community's list fits a request, for its own stewards."""
    whole = _with_applicant(read_back(revision.text), revision.request.applicant)
    rows = blocks_of(community).filter(lifted_at__isnull=True)
    return [block for block in rows if names_blocked(block, whole)]


def _with_applicant(document: Mapping[str, Any], applicant: User) -> dict[str, Any]:
    """The document with the account that sends it: it may be named under another address."""
    account = {"name": applicant.name, "email": applicant.email, "orcid": applicant.orcid}
    return {**document, "people": [*(document.get("people") or []), account]}
