"""What the talk about requests puts on a person's desk: questions that wait for her side."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consent.queries.talk import questions_to_community, questions_to_researcher
from governance.models import User
from governance.navigation import Waiting

MOST = 10  # more of one kind is told by the pages themselves


def questions_for(user: User) -> list[Waiting]:
    """Each question once for each request, whoever else could answer it."""
    theirs = {
        asked.review_id: Waiting(
            _("Answer the researchers: %(title)s") % {"title": asked.review.revision.request.title},
            reverse("consent:review_talk", args=[asked.review.public_id]),
        )
        for asked in questions_to_community(user)[:MOST]
    }
    own = {
        (asked.review.revision.request_id, asked.review.community_id): Waiting(
            _("Answer %(name)s: %(title)s")
            % {
                "name": asked.review.community.name,
                "title": asked.review.revision.request.title,
            },
            reverse("consent:messages", args=[asked.review.revision.request.public_id]),
        )
        for asked in questions_to_researcher(user)[:MOST]
    }
    return [*theirs.values(), *own.values()]
