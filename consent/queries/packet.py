"""What the printed packet of a review is made of."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from consent.grants.decision import rule_for
from consent.grants.tally import floor_for
from consent.labels import rule_in_words
from consent.models import Review
from consent.packet import Facts
from consent.queries.review_page import review_page
from governance.models import User
from governance.qr import svg_of
from governance.queries import charter_that_governs
from governance.queries.people import body_names


def packet_facts(review: Review, user: User, *, at: datetime) -> Facts:
    """Return the request and the rules it is held to; nothing of answers, people or talk."""
    page = review_page(review, user, at=at)
    url = settings.KINHOLD_ORIGIN + reverse("consent:review", args=[review.public_id])
    return Facts(
        community=review.community.name,
        dataset=review.dataset.title,
        title=page.request["title"],
        document=page.request,
        claims=page.claims,
        checks=tuple(check for held in page.held_to for check in held.checks),
        level=page.level,
        rule=_rule(review),
        late=len(page.late),
        text_digest=review.statement.digest,
        url=url,
        qr=svg_of(url, _("Address of this request on the screen")),
    )


def _rule(review: Review) -> str:
    """How the community decides. On paper that goes from hand to hand no steward is named."""
    charter = charter_that_governs(review.statement)
    kind = review.statement.kind
    words = rule_in_words(
        rule_for(charter, kind),
        stewards=len(charter.stewards),
        floor=floor_for(kind, charter.floor),
        names={each.id: _("the steward whom the charter names") for each in charter.stewards},
        bodies=body_names(review.community),
    )
    return words[:1].upper() + words[1:]
