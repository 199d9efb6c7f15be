from django import template

from consent.labels import LABELS, SAID, Text
from consent.purposes import PURPOSES
from consent.rules import ReviewState
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
def purpose(code: str) -> str:
    """The name of a DUO class of investigation."""
    return PURPOSES.get(code, code)


@register.filter
def place(code: str) -> str:
    """The name of a country by its two letters; other letters as they are."""
    return places.places().get(code, code)
