from django import template
from django.utils import timezone

from consent.grant_rows import Text
from consent.models import Grant
from consent.rules import GrantState
from consent.standing import Now, Stand
from consent.standing_words import LABELS, sentence_of

register = template.Library()


@register.filter
def stand_label(now: Now) -> Text:
    return LABELS[now.stand]


@register.filter
def stand_sentence(now: Now) -> str:
    return sentence_of(now)


@register.filter
def brief(grant: Grant) -> Stand:
    """Where a grant stands, by its own row alone: for lists, which do not look for pauses."""
    if grant.state == GrantState.REVOKED:
        return Stand.TAKEN_BACK
    if grant.not_after <= timezone.now():
        return Stand.OVER
    if grant.state == GrantState.AWAITING_ACCEPTANCE:
        return Stand.AWAITS
    return Stand.IN_FORCE


@register.filter
def brief_label(stand: Stand) -> Text:
    return LABELS[stand]
