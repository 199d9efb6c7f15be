"""What is to be made public, and whether it may be marked as published yet."""

from datetime import date

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.models import Grant, Publication, TrainingRequest
from consent.promises import nothing_before
from consent.queries.obligations import results_returned, rulebooks_of
from consent.rules import PublicationAnswer
from governance.models import User
from governance.queries import communities_of, communities_where
from governance.rules import Verb, platform_may

_NEAR = (
    "grant__community",
    "grant__statement",
    "grant__review__revision__request__applicant",
    "grant__review__dataset",
    "file",
    "answered_by",
    "submitted_by",
    "follows",
)
MAY_GO_OUT = frozenset({PublicationAnswer.OK.value, PublicationAnswer.WITHHOLD_NAME.value})
WANTS_ANOTHER = frozenset({PublicationAnswer.CHANGES.value, PublicationAnswer.REFUSE.value})


def publications_visible_to(user: User) -> QuerySet[Publication]:
    """What was put to the communities this person belongs to, newest first."""
    rows = Publication.objects.filter(grant__community__in=communities_of(user))
    return rows.select_related(*_NEAR).order_by("-pk")


def publications_to_answer(user: User) -> QuerySet[Publication]:
    """Those that wait for an answer where this person may give it."""
    rows = publications_visible_to(user).filter(answer="")
    return rows.filter(grant__community__in=communities_where(user, Verb.CONFIRM_DONE))


def publications_of_applicant(user: User) -> QuerySet[Publication]:
    """What this researcher submitted on her own requests, newest first."""
    if not user.is_authenticated or not platform_may(user.platform_role, Verb.ASK):
        return Publication.objects.none()
    rows = Publication.objects.filter(grant__review__revision__request__applicant=user)
    return rows.select_related(*_NEAR).order_by("-pk")


def publications_overdue(today: date) -> QuerySet[Publication]:
    """Those whose time for reading ends today or has ended, without an answer. Not scoped."""
    rows = Publication.objects.filter(answer="", answer_due_on__lte=today)
    return rows.select_related(*_NEAR).order_by("pk")


def grants_to_publish_from(request: TrainingRequest) -> list[Grant]:
    """Return the newest agreement of each community, by its name."""
    grants = (
        Grant.objects.filter(review__revision__request=request)
        .select_related("community", "statement", "review__revision__request")
        .order_by("granted_at", "pk")
    )
    newest = {grant.community_id: grant for grant in grants}
    return sorted(newest.values(), key=lambda grant: grant.community.name)


def followed(publication: Publication) -> bool:
    """Say whether a newer version took its place."""
    return Publication.objects.filter(follows=publication).exists()


def what_locks(publication: Publication, *, today: date) -> list[str]:
    """Say in sentences why it cannot be marked as published yet; empty when it can.

    Days never take an item away: an answer that is late is no answer.
    """
    if publication.published_at is not None:
        return []
    locks = []
    name = publication.grant.community.name
    if not publication.answer:
        day = date_format(publication.answer_due_on)
        locks.append(
            _("%(name)s has not answered. Its time for reading goes until %(day)s.")
            % {"name": name, "day": day}
            if today <= publication.answer_due_on
            else _(
                "%(name)s has not answered. Its time for reading ended on %(day)s, and the "
                "stewards are reminded. That time passed is no yes."
            )
            % {"name": name, "day": day}
        )
    elif publication.answer in WANTS_ANOTHER:
        locks.append(_("%(name)s did not agree to this version.") % {"name": name})
    if followed(publication):
        locks.append(_("You sent a newer version."))
    if not results_returned(publication.grant):
        locks.append(
            _("%(name)s has not confirmed yet that results came back to it first.") % {"name": name}
        )
    first = nothing_before(rulebooks_of(publication.grant))
    if first is not None and today < first:
        locks.append(
            _("The rules of %(name)s let nothing be published before %(day)s.")
            % {"name": name, "day": date_format(first)}
        )
    return locks
