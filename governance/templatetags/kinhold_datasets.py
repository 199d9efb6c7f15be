"""Words of datasets for templates."""

from django import template

from governance.dataset_words import VARIABLE_KINDS

register = template.Library()


@register.filter
def variable_kind(kind: str) -> str:
    """Say a variable's type as people do."""
    return str(VARIABLE_KINDS.get(kind, kind))
