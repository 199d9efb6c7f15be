"""Describing a dataset: words, size, and one row for each variable."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.grants.descriptions import MAX_DESCRIPTION, MAX_VARIABLES, SIZE_BANDS, variable
from governance.dataset_words import VARIABLE_KINDS
from governance.forms.rows import EmptyIsNone
from governance.models import Dataset

MORE_ROWS = 5
_NAME = r"[A-Za-z][A-Za-z0-9_.-]{0,63}"


class DescriptionForm(forms.Form):
    """What people may always change: the words. ``seen`` tells what was there when it opened."""

    title = forms.CharField(label=_("Title"), max_length=200)
    description = forms.CharField(
        label=_("What it is, where it comes from, what it must not be used for"),
        help_text=_("Write it for somebody who has never been with you."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=MAX_DESCRIPTION,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)


class SizedForm(DescriptionForm):
    """The size too, where no node has told it."""

    size_band = forms.ChoiceField(
        label=_("How many people are in it"),
        help_text=_("Roughly. The exact number stays at your node."),
        choices=[("", "…"), *((band, band) for band in SIZE_BANDS)],
    )


class DatasetForm(SizedForm):
    """A new one, with the name under which the node knows it."""

    slug = forms.SlugField(
        label=_("Short name"),
        max_length=60,
        help_text=_(
            "As the node's own settings call it: a-z, 0-9 and dashes. It cannot be changed later."
        ),
    )
    field_order = ("title", "slug", "description", "size_band")


class VariableForm(forms.Form):
    """One column of the data; a row that is left empty is none."""

    name = forms.RegexField(
        label=_("Name in the file"),
        regex=rf"\A{_NAME}\Z",
        error_messages={"invalid": _("It begins with a letter; letters, digits, _ . - follow.")},
    )
    type = forms.ChoiceField(label=_("Type"), choices=[("", "…"), *VARIABLE_KINDS.items()])
    unit = forms.CharField(label=_("Unit"), required=False, max_length=40)
    label = forms.CharField(label=_("What it means"), required=False, max_length=200)
    least = forms.DecimalField(label=_("From"), required=False, max_digits=25, decimal_places=10)
    most = forms.DecimalField(label=_("To"), required=False, max_digits=25, decimal_places=10)
    categories = forms.CharField(
        label=_("Categories"),
        help_text=_("With commas between them."),
        required=False,
        max_length=2000,
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        kind, least, most = found.get("type"), found.get("least"), found.get("most")
        if (least is None) != (most is None):
            self.add_error("most", _("Give both ends, or neither."))
        elif least is not None and most is not None:
            if kind != "number":
                self.add_error("least", _("Only a number has a smallest and a greatest value."))
            elif least > most:
                self.add_error("most", _("The second number must not be the smaller one."))
        if found.get("categories") and kind != "category":
            self.add_error("categories", _("Only a category has categories."))
        return found

    def told(self) -> dict[str, Any]:
        data = self.cleaned_data
        limits = None
        if data["least"] is not None:
            limits = (_plain(data["least"]), _plain(data["most"]))
        names = [part.strip() for part in data["categories"].split(",") if part.strip()]
        return variable(
            data["name"],
            data["type"],
            unit=data["unit"],
            label=data["label"],
            limits=limits,
            categories=tuple(names),
        )


_Rows = forms.formset_factory(
    VariableForm,
    formset=EmptyIsNone,
    extra=MORE_ROWS,
    max_num=MAX_VARIABLES,
    absolute_max=MAX_VARIABLES,
)


class VariableRows(_Rows):  # type: ignore[misc, valid-type]  # made by a factory
    """All variables, in the file's order."""

    def clean(self) -> None:
        if any(self.errors):
            return
        names = [row.cleaned_data["name"] for row in self.filled()]
        if not names:
            raise forms.ValidationError(_("Describe at least one variable."))
        for name in names:
            if names.count(name) > 1:
                raise forms.ValidationError(
                    _("Two variables are called %(name)s."), params={"name": name}
                )

    def variables(self) -> list[dict[str, Any]]:
        return [row.told() for row in self.filled()]


def rows_of(dataset: Dataset) -> list[dict[str, Any]]:
    """Spread a dataset's variables over the rows."""
    return [
        {
            "name": held["name"],
            "type": held["type"],
            "unit": held.get("unit", ""),
            "label": held.get("label", ""),
            "least": (held.get("range") or {}).get("least"),
            "most": (held.get("range") or {}).get("most"),
            "categories": ", ".join(held.get("categories", [])),
        }
        for held in dataset.variables
    ]


def typed_rows(posted: Mapping[str, Any], prefix: str, names: Sequence[str]) -> list[Any]:
    """Return what was typed into the rows of a form set, as it is, to show it again."""
    total = posted.get(f"{prefix}-TOTAL_FORMS", "")
    count = min(int(total), MAX_VARIABLES) if total.isdecimal() else 0
    rows = [{name: posted.get(f"{prefix}-{n}-{name}", "") for name in names} for n in range(count)]
    return [row for row in rows if any(row.values())]


def _plain(number: Decimal) -> str:
    """Write a decimal as descriptions do: no exponent, no empty fraction."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
