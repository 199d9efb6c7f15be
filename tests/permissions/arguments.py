"""What fills the holes of an address: for each kind of argument, River's or Coast's own thing.

A new address needs a line here only when it brings a new kind of argument, or wants a thing in a
state of its own.
"""

import uuid
from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator

from tests.permissions.addresses import Address
from tests.permissions.world import Things

Pick = Callable[[Things], Any]

ARGUMENTS: dict[str, Pick] = {
    "slug": lambda t: t.community.slug,
    "charter_id": lambda t: t.charter.pk,
    "protocol_id": lambda t: t.protocol.pk,
    "dataset_slug": lambda t: t.dataset.slug,
    "node_id": lambda t: t.place.node.pk,
    "request_id": lambda t: t.decided.public_id,
    "review_id": lambda t: t.review.public_id,
    "grant_id": lambda t: t.grant.public_id,
    "notice_id": lambda t: t.notice.public_id,
    "run_id": lambda t: t.run.public_id,
    "token_id": lambda t: t.token.pk,
    "token": lambda t: t.link,
    # A passkey of the steward's own; nobody else has business with it.
    "pk": lambda t: Authenticator.objects.get(user=t.place.stewards[0].user).pk,
    "ending": lambda t: "json",
    "clause": lambda t: "NO_COMM",
    "step": lambda t: "harm",
    # Of links that are sent by mail: here they lead nowhere, for anybody.
    "uidb36": lambda t: "1",
    "key": lambda t: "no-such-key",
}

_OF_DRAFT: dict[str, Pick] = {
    "request_id": lambda t: t.draft.public_id,
    "attachment_id": lambda t: t.more["draft_file"],
}
# Where an address is about a thing in another state than the one above.
AT: dict[str, dict[str, Pick]] = {
    "federation:request_edit": {"request_id": lambda t: t.draft.public_id},
    "federation:request_step": {"request_id": lambda t: t.draft.public_id},
    "federation:request_autosave": {"request_id": lambda t: t.draft.public_id},
    "federation:request_preview": {"request_id": lambda t: t.draft.public_id},
    "federation:request_submit": {"request_id": lambda t: t.draft.public_id},
    "federation-api:request_submit": {"request_id": lambda t: t.draft.public_id},
    "federation-api:request_precheck": {"request_id": lambda t: t.draft.public_id},
    "federation:request_change": {"request_id": lambda t: t.asked.public_id},
    "federation:request_keep": {"request_id": lambda t: t.more["changing"]},
    "federation:request_revise": {"request_id": lambda t: t.more["changing"]},
    "federation-api:request_change": {"request_id": lambda t: t.asked.public_id},
    "federation-api:request_keep": {"request_id": lambda t: t.more["changing"]},
    "federation:request_withdraw": {"request_id": lambda t: t.asked.public_id},
    "federation-api:request_withdraw": {"request_id": lambda t: t.asked.public_id},
    "federation-api:request_accept": {
        "request_id": lambda t: t.conditional.public_id,
        "grant_id": lambda t: t.waiting.public_id,
    },
    "consent:grant_accept": {"grant_id": lambda t: t.waiting.public_id},
    "governance:voice-audio": {"voice_id": lambda t: t.more["spoken"]},
    "governance:label-review": {"label_id": lambda t: t.more["held_label"]},
    "consent:delegation_stop": {"delegation_id": lambda t: t.more["delegation_in_force"]},
    "consent:advising": {"token": lambda t: t.more["advice_link"]},
    "consent:messages": {"request_id": lambda t: t.asked.public_id},
    "consent:message_write": {"request_id": lambda t: t.asked.public_id},
    "consent:message_nudge": {"request_id": lambda t: t.asked.public_id},
    "consent:message_reply": {
        "request_id": lambda t: t.asked.public_id,
        "message_id": lambda t: t.more["question_of_community"],
    },
    "federation-api:messages": {"request_id": lambda t: t.asked.public_id},
    "federation-api:messages_with": {"request_id": lambda t: t.asked.public_id},
    "federation-api:messages_nudge": {"request_id": lambda t: t.asked.public_id},
    "consent:publication_again": {"publication_id": lambda t: t.more["publication_sent_back"]},
    "consent:year_report_file": {"ending": lambda t: "csv"},
    "consent:attachment_add": {"request_id": lambda t: t.draft.public_id},
    "consent:attachment_remove": _OF_DRAFT,
    "consent:approval_add": {"request_id": lambda t: t.draft.public_id},
    "consent:approval_renew": {"request_id": lambda t: t.draft.public_id},
    "consent:approval_remove": {"request_id": lambda t: t.draft.public_id},
    "consent:crew_invite": {"request_id": lambda t: t.draft.public_id},
    "consent:crew_anew": {"request_id": lambda t: t.draft.public_id},
    "consent:terms": {"token": lambda t: t.more["terms"]},
    "consent:terms_decline": {"token": lambda t: t.more["terms"]},
    "federation-api:attachments": {"request_id": lambda t: t.draft.public_id},
    "federation-api:attachment": _OF_DRAFT,
    "federation-api:approvals": {"request_id": lambda t: t.draft.public_id},
    "federation-api:approval": {"request_id": lambda t: t.draft.public_id},
    "federation-api:approval_renew": {"request_id": lambda t: t.draft.public_id},
    "federation-api:people": {"request_id": lambda t: t.draft.public_id},
    "federation-api:person_anew": {"request_id": lambda t: t.draft.public_id},
    "governance:way-back": {"token": lambda t: t.more["way_back"]},
    "federation-api:request": {"request_id": lambda t: t.draft.public_id},
    "consent:keeping_choose": {"protocol_id": lambda t: t.newer.pk},
    "federation:run_stop": {"run_id": lambda t: t.running.public_id},
    "federation-api:run_stop": {"run_id": lambda t: t.running.public_id},
}


def as_asked_by(person: str, filled: dict[str, Any]) -> dict[str, Any]:
    """The holder of a dataset finds it at her own community's address."""
    if person == "holder" and {"slug", "dataset_slug"} <= filled.keys():
        return filled | {"slug": "hill"}
    return filled


_NO_UUID = uuid.UUID(int=2**127)
# What is there for nobody, of the same kind as the thing that is.
NOWHERE: dict[type, Any] = {int: 2**31 - 2, str: "no-such-thing", uuid.UUID: _NO_UUID}


def arguments(address: Address, things: Things) -> dict[str, Any]:
    """Fill the holes of an address with things of one community.

    Raises:
        LookupError: there is no line for this kind of argument yet.
    """
    filled = {}
    for hole in address.holes:
        pick = AT.get(address.name, {}).get(hole) or ARGUMENTS.get(hole)
        if pick is None and hole not in things.more:
            raise LookupError(f"{address.name} needs {hole}: say in ARGUMENTS or MORE what it is")
        filled[hole] = pick(things) if pick else things.more[hole]
    return filled


def nowhere(filled: dict[str, Any]) -> dict[str, Any]:
    """The same address of things that do not exist."""
    return {hole: NOWHERE[type(value)] for hole, value in filled.items()}
