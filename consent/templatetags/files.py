from datetime import date

from django import template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consent.forms.files import KINDS
from consent.rules import AttachmentKind

register = template.Library()

SOON_DAYS = 30


@register.filter
def file_kind(kind: str) -> str | Promise:
    """What a file is, in words; an unknown kind as it is."""
    return KINDS[AttachmentKind(kind)] if kind in set(AttachmentKind) else kind


@register.filter
def day_of(text: str | date) -> date:
    """A day from a request's document."""
    return text if isinstance(text, date) else date.fromisoformat(text)


@register.filter
def lasts(until: str | date) -> str:
    """How an approval stands today, by its last day, as the badges call it."""
    left = (day_of(until) - timezone.localdate()).days
    if left < 0:
        return "refused"
    return "open" if left <= SOON_DAYS else "in force"


@register.filter
def lasts_in_words(until: str | date) -> str:
    return {
        "refused": _("ran out"),
        "open": _("runs out soon"),
        "in force": _("in force"),
    }[lasts(until)]
