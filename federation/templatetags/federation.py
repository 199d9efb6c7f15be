from django import template

from federation import labels
from federation.labels import LABELS, OUTCOMES, Text

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
def significant(value: float) -> str:
    """A number with six significant digits, the same in every language."""
    return f"{value:.6g}"
