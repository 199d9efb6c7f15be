"""What waits for a person about promises and papers: to confirm, to answer, to report."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Obligation, Publication
from consent.queries.obligations import obligations_of_applicant, obligations_to_confirm
from consent.queries.obligations import open_obligations as still_open
from consent.queries.publications import publications_to_answer
from governance.models import User
from governance.navigation import Waiting

MOST = 10  # more than a screen of one kind is told by its list
SHOWN = 80  # characters of a promise


def promises_waiting(user: User) -> list[Waiting]:
    """For stewards what is reported and what is to be read; for researchers what is due or late."""
    return [
        *(_to_confirm(row) for row in obligations_to_confirm(user)[:MOST]),
        *(_to_answer(row) for row in publications_to_answer(user)[:MOST]),
        *_to_report(user),
    ]


def _to_confirm(row: Obligation) -> Waiting:
    told = {"name": row.community.name, "text": _short(row.text)}
    return Waiting(
        _("%(name)s: was this promise kept? %(text)s") % told,
        reverse("consent:promise", args=[row.community.slug, row.public_id]),
    )


def _to_answer(row: Publication) -> Waiting:
    community = row.grant.community
    return Waiting(
        _("%(name)s: read before it goes out: %(title)s")
        % {"name": community.name, "title": _short(row.title)},
        reverse("consent:publication", args=[community.slug, row.public_id]),
    )


def _to_report(user: User) -> list[Waiting]:
    due = obligations_of_applicant(user).filter(
        still_open(), reported_at__isnull=True, due_on__lte=timezone.localdate()
    )
    return [
        Waiting(
            _("You promised %(name)s: %(text)s")
            % {"name": row.community.name, "text": _short(row.text)},
            reverse(
                "consent:own_promise",
                args=[row.grant.review.revision.request.public_id, row.public_id],
            ),
        )
        for row in due[:MOST]
    ]


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
