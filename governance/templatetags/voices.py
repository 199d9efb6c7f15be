"""The community's own words for templates."""

from collections.abc import Mapping

from django import template

from governance import voices
from governance.queries.voices import Spoken

register = template.Library()


@register.filter
def said(spoken: Mapping[str, Spoken] | None, code: str) -> Spoken | None:
    """Return what stands beside a clause, if anything; None also on pages without own words."""
    return spoken.get(code) if spoken else None


@register.filter
def direction(tag: str) -> str:
    """How a language runs, for ``dir``."""
    return voices.direction(tag)


@register.filter
def language_name(tag: str) -> str:
    return voices.language_name(tag)
