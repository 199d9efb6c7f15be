from typing import Any

from django import template

from federation import labels, receipt_words
from federation.labels import LABELS, OUTCOMES, Text
from federation.models import Receipt

register = template.Library()


@register.filter
def run_label(state: str) -> Text:
    """A state of a run or node as people read it; an unknown one as it is."""
    return LABELS.get(state, state)


@register.filter
def outcome(value: str) -> Text:
    """What became of one message to a node, in a sentence."""
    return OUTCOMES.get(value, value)


@register.filter
def refusal(code: str) -> Text:
    """What a receipt's code means, for people outside the node's own community."""
    return labels.refusal(code)


@register.filter
def band_outside(receipt: Receipt) -> str:
    """The band of people as it is read outside the node's own community."""
    return receipt_words.band_outside(receipt)


@register.filter
def checks_outside(receipt: Receipt) -> list[dict[str, Any]]:
    """The checks as they are read outside the node's own community."""
    return receipt_words.checks_outside(receipt)


@register.filter
def own_words(receipt: Receipt) -> list[str]:
    """What only the node's own community reads of a receipt."""
    return receipt_words.own_words(receipt)


@register.filter
def significant(value: float) -> str:
    """A number with six significant digits, the same in every language."""
    return f"{value:.6g}"
