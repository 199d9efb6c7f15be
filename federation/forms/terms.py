"""Fields for illnesses and places: typed as a list, kept as terms. They work without script."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import lazystr
from django.utils.html import format_html
from django.utils.translation import gettext as _

from governance.vocabulary import mondo, places

MOST_DISEASES = 20
MOST_PLACES = 50


class DiseasesField(forms.CharField):
    """A list of illnesses; each becomes ``{"id", "text"}``, with an empty id for free text."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", lazystr(_DiseasesHelp()))
        super().__init__(required=False, max_length=4000, widget=_box(), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Sequence) and not isinstance(value, str):
            return "\n".join(_disease(each) for each in value)
        return value

    def clean(self, value: Any) -> list[dict[str, str]]:
        terms, free = mondo.read(super().clean(value) or "")
        found = [{"id": term.id, "text": term.label} for term in terms]
        found += [{"id": "", "text": text} for text in free]
        if len(found) > MOST_DISEASES:
            raise ValidationError(_("At most %(n)s, please.") % {"n": MOST_DISEASES})
        if any(len(each["text"]) > 200 for each in found):
            raise ValidationError(_("Write short names here, at most 200 characters each."))
        return found


class PlacesField(forms.CharField):
    """A list of countries, by name or two letters; each becomes its code of ISO 3166-1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Sequence) and not isinstance(value, str):
            return ", ".join(places.places().get(str(code), str(code)) for code in value)
        return value

    def clean(self, value: Any) -> list[str]:
        codes, other = places.read(super().clean(value) or "")
        if other:
            raise ValidationError(
                _("“%(word)s” is no country that we know. Try its two letters, such as NZ.")
                % {"word": other[0][:60]}
            )
        if len(codes) > MOST_PLACES:
            raise ValidationError(_("At most %(n)s, please.") % {"n": MOST_PLACES})
        return codes


class _DiseasesHelp:
    """The help text with a link; made when it is shown, because addresses are not known before."""

    def __str__(self) -> str:
        return format_html(
            '{} <a href="{}">{}</a>',
            _("One on each line. Words that are in no list may stand, too; they count as unknown."),
            reverse("governance:diseases"),
            _("Look up a name"),
        )

    def __html__(self) -> str:
        return str(self)


def _box() -> forms.Textarea:
    return forms.Textarea(attrs={"rows": 3})


def _disease(each: dict[str, str]) -> str:
    text, term_id = each.get("text", ""), each.get("id", "")
    return f"{text} ({term_id})" if text and term_id else text or term_id
