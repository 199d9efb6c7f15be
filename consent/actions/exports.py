"""Requests and agreements that leave as files. Each is told in the log."""

import json
from uuid import UUID

from django.db import transaction

from consent.document import read_back
from consent.errors import NotAllowed
from consent.queries.dossier import Dossier
from consent.queries.export_parts import beside_agreement, beside_request
from consent.queries.exports import exportable, grant_exportable
from governance.actions.audit import record
from governance.exchange import policies
from governance.models import User


@transaction.atomic
def take_request(request_id: UUID, *, actor: User, form: str) -> str:
    """Return the newest revision of a request that the person may see, as a file.

    Args:
        form: ``json`` or ``odrl``.
    Raises:
        NotAllowed: neither the applicant, nor of a community that it was put to.
    """
    found = exportable(actor, request_id)
    if found is None:
        raise NotAllowed("There is no such request for you.")
    revision = found.revision
    document = read_back(revision.text)
    write = policies.request_policy if form == "odrl" else policies.request_file
    text = write(
        document,
        request_id=str(request_id),
        revision=revision.number,
        sha256=revision.digest,
        beside=beside_request(found),
    )
    record(
        "request.export",
        actor=actor,
        subject=f"request:{request_id}",
        community=found.community,
        reason=f"As {form}.",
        document_digest=revision.digest,
    )
    return text


@transaction.atomic
def take_grant(grant_id: UUID, *, actor: User, form: str) -> str:
    """Return an agreement as a file, with what the researcher signed, without the ballots.

    Args:
        form: ``json`` or ``odrl``.
    Raises:
        NotAllowed: neither of the community that gave it, nor the applicant.
    """
    grant = grant_exportable(actor, grant_id)
    if grant is None:
        raise NotAllowed("There is no such agreement for you.")
    statement = json.loads(grant.statement.text)
    write = policies.agreement_policy if form == "odrl" else policies.agreement_file
    text = write(statement, beside=beside_agreement(grant))
    record(
        "grant.export",
        actor=actor,
        subject=f"grant:{grant_id}",
        community=grant.community,
        reason=f"As {form}.",
        document_digest=grant.statement.digest,
    )
    return text


def note_dossier(dossier: Dossier, *, actor: User) -> None:
    """Write into the log that somebody took a dossier; it was put together for her alone."""
    record(
        "dossier.export",
        actor=actor,
        subject=f"request:{dossier.request.public_id}",
        community=dossier.community,
        reason="As PDF.",
        document_digest=dossier.submitted[-1].revision.digest,
    )
