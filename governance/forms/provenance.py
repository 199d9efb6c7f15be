"""Where a dataset comes from, as a form, and what of that researchers may see."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.grants.provenance import MAX_PEOPLES, MAX_TRANSFORMATIONS, empty_record
from governance.dataset_words import CONSENT_WORDS, PRECISION_WORDS, RECORD_PARTS
from governance.forms.rows import EmptyIsNone

MORE_PEOPLES = 2


def _text(label: Any, help_text: Any = "", most: int = 200) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=most)


def _long(label: Any, help_text: Any = "", most: int = 4000) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ProvenanceForm(forms.Form):
    """All but the peoples, who are rows of their own."""

    precision = forms.ChoiceField(
        label=_("How exactly the place may be told"),
        choices=list(PRECISION_WORDS.items()),
        widget=forms.RadioSelect,
        initial="none",
    )
    territory = _text(_("Land or waters it is about"), _("Leave it empty to name none."), 300)
    authority_body = _text(_("Who decides about it"), _("The body, in your own words."))
    authority_contact = _text(_("How to reach those who decide"), most=300)
    collected_when = _text(_("When it was collected"))
    collected_by = _text(_("Who collected it"))
    collected_for = _long(_("What for"))
    consent_document = _text(
        _("Where the consent is written down"), _("A name, a place or an address."), 400
    )
    consent_status = forms.ChoiceField(
        label=_("Consent of the people in it"),
        choices=list(CONSENT_WORDS.items()),
        widget=forms.RadioSelect,
        initial="not verified",
    )
    transformations = _long(
        _("What was done to the data since"), _("One step on each line."), 20_000
    )
    benefit_contact = _text(_("Whom to ask about sharing benefits"), most=300)
    show = forms.MultipleChoiceField(
        label=_("What researchers may see of this"),
        help_text=_("Nothing, unless you tick it. Your own people see all of it."),
        choices=list(RECORD_PARTS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    wording = _long(
        _("How to speak of where it comes from"),
        _("Words that everybody who uses the data is to use. Researchers see them."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    @staticmethod
    def initial_of(record: Mapping[str, Any]) -> dict[str, Any]:
        held = record or empty_record()
        collection = held["collection"]
        return {
            "precision": held["territory"]["precision"],
            "territory": held["territory"]["text"],
            "authority_body": held["authority"]["body"],
            "authority_contact": held["authority"]["contact"],
            "collected_when": collection["when"],
            "collected_by": collection["by"],
            "collected_for": collection["purpose"],
            "consent_document": collection["consent_document"],
            "consent_status": held["consent_status"],
            "transformations": "\n".join(held["transformations"]),
            "benefit_contact": held["benefit_contact"],
            "show": held["disclosure"]["show"],
            "wording": held["disclosure"]["wording"],
        }

    def clean_transformations(self) -> list[str]:
        steps = [s.strip() for s in self.cleaned_data["transformations"].splitlines() if s.strip()]
        if len(steps) > MAX_TRANSFORMATIONS or any(len(step) > 400 for step in steps):
            raise forms.ValidationError(_("At most 50 steps of 400 characters, please."))
        return steps

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("precision") == "none" and found.get("territory"):
            self.add_error(
                "territory",
                _("You chose to name no place. Take the name out, or allow a region or place."),
            )
        return found

    def record(self, peoples: list[dict[str, str]]) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "peoples": peoples,
            "territory": {"precision": data["precision"], "text": data["territory"]},
            "authority": {"body": data["authority_body"], "contact": data["authority_contact"]},
            "collection": {
                "when": data["collected_when"],
                "by": data["collected_by"],
                "purpose": data["collected_for"].replace("\r\n", "\n"),
                "consent_document": data["consent_document"],
            },
            "consent_status": data["consent_status"],
            "transformations": data["transformations"],
            "benefit_contact": data["benefit_contact"],
            "disclosure": {
                "show": sorted(data["show"]),
                "wording": data["wording"].replace("\r\n", "\n"),
            },
        }


class PeopleForm(forms.Form):
    name = forms.CharField(label=_("Name of the people"), max_length=120)
    language = forms.RegexField(
        label=_("Language of that name"),
        help_text=_("As a tag, such as en. Leave it empty if there is none."),
        regex=r"\A[a-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}\Z",
        required=False,
        max_length=35,
    )


_Rows = forms.formset_factory(
    PeopleForm,
    formset=EmptyIsNone,
    extra=MORE_PEOPLES,
    max_num=MAX_PEOPLES,
    absolute_max=MAX_PEOPLES,
)


class PeoplesRows(_Rows):  # type: ignore[misc, valid-type]  # made by a factory
    def peoples(self) -> list[dict[str, str]]:
        return [
            {"name": row.cleaned_data["name"], "language": row.cleaned_data["language"]}
            for row in self.filled()
        ]
