"""What waits for a person in this app, for her desk."""

from collections import Counter

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent.desk.incidents import incidents_waiting
from consent.desk.meetings import meetings_waiting
from consent.desk.promises import promises_waiting
from consent.queries import grants_of_applicant, notices_of_steward, reviews_to_answer
from consent.queries.keeping import agreements_behind
from consent.queries.revisions import requests_sent_back
from consent.rules import GrantState
from governance.models import User
from governance.navigation import Waiting
from governance.queries import communities_where
from governance.rules import StatementState, Verb

# More than a screen of one kind is told by its list.
MOST = 10


def waiting_for(user: User) -> list[Waiting]:
    """Requests to answer or change, stops to sign, agreements to choose about, conditions."""
    return [
        *incidents_waiting(user),
        *meetings_waiting(user),
        *_reviews(user),
        *_notices(user),
        *_agreements(user),
        *_conditions(user),
        *_changes(user),
        *promises_waiting(user),
    ]


def _reviews(user: User) -> list[Waiting]:
    return [
        Waiting(
            _("Answer a request: %(title)s") % {"title": review.revision.request.title},
            reverse("consent:review", args=[review.public_id]),
        )
        for review in reviews_to_answer(user)[:MOST]
    ]


def _notices(user: User) -> list[Waiting]:
    waiting = notices_of_steward(user).filter(statement__state=StatementState.OPEN.value)
    waiting = waiting.exclude(
        statement__ballots__membership__user=user, statement__ballots__replaced_at__isnull=True
    )
    texts = {
        "pause": _("Sign a pause of %(name)s"),
        "resume": _("Sign a resume of %(name)s"),
        "revocation": _("Sign the taking back of a grant of %(name)s"),
    }
    return [
        Waiting(
            texts[notice.kind] % {"name": notice.community.name},
            reverse("consent:notice", args=[notice.public_id]),
        )
        for notice in waiting[:MOST]
    ]


def _agreements(user: User) -> list[Waiting]:
    """A new version of a protocol under which nobody has chosen what becomes of the older ones."""
    found = []
    for community in communities_where(user, Verb.DECIDE):
        open_ones = [held for held in agreements_behind(community) if held.chosen is None]
        counted = Counter((held.newest, held.number) for held in open_ones)
        for (newest, number), times in counted.items():
            text = ngettext(
                "%(name)s: “%(title)s” %(new)s is new; %(n)s agreement goes on under %(old)s",
                "%(name)s: “%(title)s” %(new)s is new; %(n)s agreements go on under %(old)s",
                times,
            )
            told = {
                "name": community.name,
                "title": newest.title,
                "new": newest.number,
                "n": times,
                "old": number,
            }
            found.append(Waiting(text % told, reverse("consent:keeping", args=[community.slug])))
    return found


def _conditions(user: User) -> list[Waiting]:
    waiting = grants_of_applicant(user).filter(state=GrantState.AWAITING_ACCEPTANCE.value)
    return [
        Waiting(
            _("Accept the conditions of %(name)s") % {"name": grant.community.name},
            reverse("consent:grant_accept", args=[grant.public_id]),
        )
        for grant in waiting[:MOST]
    ]


def _changes(user: User) -> list[Waiting]:
    """Requests that a community sent back, for the researcher who is to change them."""
    return [
        Waiting(
            _("Change a request that was sent back: %(title)s") % {"title": request.title},
            reverse("consent:request_changes", args=[request.public_id]),
        )
        for request in requests_sent_back(user)[:MOST]
    ]
