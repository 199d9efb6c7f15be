"""Lists on the form: people, partners, who pays, what comes back. An empty row is none."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.document_parts import (
    BODY_TYPES,
    MOST_BENEFITS,
    MOST_DUE_MONTHS,
    MOST_FUNDERS,
    MOST_PARTNERS,
    MOST_PEOPLE,
)
from consent.labels import LABELS
from governance.forms.rows import EmptyIsNone

BODY_CHOICES = [("", "…"), *((value, LABELS[value]) for value in BODY_TYPES)]


def line(label: Any, most: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=most)


def months(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=1, max_value=MOST_DUE_MONTHS)


class Row(forms.Form):
    """``title`` stands above each row, with its number."""

    title: ClassVar[Promise | str] = ""

    def kept(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in self.fields}


class PersonRow(Row):
    title = _("Person")
    name = line(_("Name"), 120)
    email = line(_("E-mail"), 254)
    orcid = line(_("ORCID, if any"), 19)


class PartnerRow(Row):
    title = _("Partner")
    name = line(_("Name"), 200)
    type = forms.ChoiceField(label=_("Kind"), required=False, choices=BODY_CHOICES)
    ror = line(_("Its ROR, if it has one"), 60)


class PayerRow(Row):
    title = _("Who pays")
    name = line(_("Name"), 200)
    type = forms.ChoiceField(label=_("Kind"), required=False, choices=BODY_CHOICES)
    conditions = forms.CharField(
        label=_("Conditions that come with the money; “none” is an answer"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class BenefitRow(Row):
    title = _("Promise")
    text = forms.CharField(
        label=_("What the communities get"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    due_months = months(_("At most how many months after the yes"))
    checked_by = line(_("Who sees that it was done"), 200)


class Rows(EmptyIsNone):
    """One list. ``initial`` is the list as it was saved."""

    heading: ClassVar[Promise | str] = ""
    text: ClassVar[Promise | str] = ""

    def kept(self) -> list[dict[str, Any]]:
        rows = [row.kept() for row in self.filled()]
        return [row for row in rows if any(row.values())]

    @property
    def room(self) -> bool:
        """Whether one more row may be added."""
        return len(self.forms) < self.max_num


def _rows(row: type[Row], most: int, heading: Any, text: Any) -> type[Rows]:
    made = forms.formset_factory(
        row, formset=Rows, extra=1, max_num=most, absolute_max=most, validate_max=True
    )
    made.heading, made.text = heading, text  # type: ignore[attr-defined]  # declared in Rows
    return made  # type: ignore[return-value]  # the factory tells the row's type alone


LISTS: dict[str, type[Rows]] = {
    "people": _rows(
        PersonRow,
        MOST_PEOPLE,
        _("People"),
        _("Everybody who will work with the result, you among them. Each takes on the terms."),
    ),
    "partners": _rows(
        PartnerRow,
        MOST_PARTNERS,
        _("Partners"),
        _("Other institutions that take part. Leave it empty when there are none."),
    ),
    "funding": _rows(
        PayerRow, MOST_FUNDERS, _("Who pays"), _("Somebody always does: your own house, too.")
    ),
    "benefits_list": _rows(
        BenefitRow,
        MOST_BENEFITS,
        _("What comes back"),
        _("Each with a date. The communities see which promises are kept, and which are late."),
    ),
}


def rows_of(
    name: str, saved: Mapping[str, Any], posted: Mapping[str, Any] | None, *, more: bool = False
) -> Rows:
    """Return one list with its rows as they were saved or posted.

    Args:
        more: whether a further empty row is wanted.
    """
    if posted is not None:
        # Without what was saved: a row counts by what stands in it, not by whether it is another.
        return LISTS[name](posted, prefix=name)
    found = LISTS[name](initial=saved.get(name) or [], prefix=name)
    found.extra = 2 if more else 1
    return found
