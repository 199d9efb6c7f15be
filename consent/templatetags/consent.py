from datetime import date

from django import template
from django.utils.formats import date_format

from consent.grants.grant import Claims, DifferentialPrivacy
from consent.hiding_words import mixing_in_words, noise_in_words
from consent.labels import LABELS, SAID, SEVERITY_LABELS, Text
from consent.models import Review
from consent.purposes import PURPOSES
from consent.rules import Completeness, ReviewState
from consent.stages import Facts, Step, stage_of, steps
from governance.vocabulary import places

register = template.Library()


@register.filter
def label(value: str) -> Text:
    """A state, answer or verdict as people read it; an unknown one as it is."""
    return LABELS.get(value, value)


@register.filter
def said(value: str) -> Text:
    """The state of a review as the people asking may know it."""
    return SAID[ReviewState(value)]


@register.filter
def severity(value: str) -> Text:
    """How bad an incident is."""
    return SEVERITY_LABELS[value]


@register.filter
def purpose(code: str) -> str:
    """The name of a DUO class of investigation."""
    return PURPOSES.get(code, code)


@register.filter
def place(code: str) -> str:
    """The name of a country by its two letters; other letters as they are."""
    return places.places().get(code, code)


@register.filter
def noise(asked: DifferentialPrivacy | None) -> str:
    """The noise of an agreement in words, with how well it hides."""
    return noise_in_words(asked)


@register.filter
def mixing(claims: Claims) -> str:
    return mixing_in_words(claims.secure_aggregation, together=claims.min_nodes)


@register.filter
def day(written: str) -> str:
    """A day as it stands in a signed text, as people write it; anything else as it is."""
    try:
        return date_format(date.fromisoformat(written))
    except ValueError:
        return written


@register.filter
def stages(review: Review) -> list[Step]:
    """How far a community has come; the review is as ``reviews_visible_to`` reads it."""
    return steps(_facts(review))


@register.filter
def stage_now(review: Review) -> str:
    """The stage that a review is at; "" when it ended without a decision."""
    return stage_of(_facts(review)) or ""


def _facts(review: Review) -> Facts:
    return Facts(
        state=ReviewState(review.state),
        acknowledged=review.acknowledged_at is not None,
        completeness=Completeness(review.completeness) if review.completeness else None,
        advice_waiting=getattr(review, "advice_waiting", False),
        advice_given=getattr(review, "advice_given", False),
    )
