"""The list of notices that nodes fetch: stops and goes, signed by the platform with its date."""

import json
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone

from consent.errors import NoticeRefused
from consent.grants.codec import b64u, canonical, time_text
from consent.grants.errors import GrantRefused
from consent.grants.notices import verify_notices
from consent.models import NoticesList
from consent.queries import communities_with_due_lists, notices_in_force
from governance.actions.audit import record
from governance.checkpoint import checkpoint_key
from governance.models import Community
from governance.queries import charter_chain

log = structlog.get_logger(__name__)


@transaction.atomic
def publish(community_id: int) -> NoticesList:
    """Issue the community's list anew, with the next number. Safe to repeat.

    Raises:
        NoticeRefused: the community has no charter, or its nodes would refuse the list; the one
            before stays, grows old, and then stops the nodes.
    """
    community = Community.objects.get(pk=community_id)
    NoticesList.objects.get_or_create(community=community)
    # The lock comes before the notices are read: a later number never says less.
    listed = NoticesList.objects.select_for_update().get(community=community)
    items = list(notices_in_force(community).values_list("signed_text", flat=True))
    issued = timezone.now()
    document = {
        "type": "notices",
        "version": 1,
        "community": community.slug,
        "sequence": listed.sequence + 1,
        "issued": time_text(issued),
        "items": items,
    }
    text = canonical(document)
    signature = checkpoint_key().sign(text)
    _require_acceptable(community, text, signature)
    changed = not listed.text or json.loads(listed.text)["items"] != items
    listed.sequence += 1
    listed.text = text.decode()
    listed.signature = b64u(signature)
    listed.issued_at = issued
    listed.save()
    if changed:  # the same list with a new date is not an act worth a row every minute
        record(
            "notices.publish",
            actor=None,
            subject=f"notices:{community.slug}:{listed.sequence}",
            community=community,
        )
    return listed


def publish_on_commit(community_id: int) -> None:
    """Issue the list as soon as the notice is committed; the periodic task is the safety net."""
    transaction.on_commit(partial(publish, community_id), robust=True)


def publish_due() -> list[int]:
    """Issue every list that is due, and return their communities. One failure stops no other."""
    done = []
    for community in communities_with_due_lists(timezone.now()):
        try:
            publish(community.pk)
        except NoticeRefused as refusal:
            log.error("notices.not_published", community=community.slug, reason=str(refusal))
        else:
            done.append(community.pk)
    return done


def _require_acceptable(community: Community, text: bytes, signature: bytes) -> None:
    chain = charter_chain(community)
    if not chain:
        raise NoticeRefused(f"{community} has no charter yet, so there is nothing to publish.")
    try:
        verify_notices(text, signature, chain=chain)
    except GrantRefused as refusal:
        raise NoticeRefused(f"The nodes of {community} would refuse it: {refusal}") from refusal
