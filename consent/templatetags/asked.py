from collections.abc import Mapping
from typing import Any

from django import template

from consent.asked import Part, parts_of
from consent.readability import Reading, reading_of

register = template.Library()


@register.filter
def asked_parts(document: Mapping[str, Any]) -> list[Part]:
    return parts_of(document)


@register.filter
def reading(text: str) -> Reading:
    return reading_of(text)
