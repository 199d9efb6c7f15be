"""Forms of a community's block list."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.blocks import MAX_NAME, MAX_REASON, Named
from consent.rules import BlockKind

KINDS = {
    BlockKind.PERSON: _("a person"),
    BlockKind.INSTITUTION: _("an institution"),
}


class _Reason(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The stewards of your community read it. Nobody outside ever does."),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BlockForm(_Reason):
    field_order = ["kind", "name", "email", "orcid", "ror", "reason"]

    kind = forms.ChoiceField(
        label=_("Whom"),
        choices=[(kind.value, words) for kind, words in KINDS.items()],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_(
            "A person is never known by the name alone, for two people may share one. An "
            "institution is."
        ),
        max_length=MAX_NAME,
    )
    email = forms.EmailField(label=_("A person's e-mail address"), required=False, max_length=254)
    orcid = forms.CharField(
        label=_("A person's ORCID"),
        help_text=_("Like 0000-0002-1825-0097"),
        required=False,
        max_length=19,
    )
    ror = forms.CharField(
        label=_("An institution's ROR"),
        help_text=_("Like https://ror.org/04gyf1771"),
        required=False,
        max_length=60,
    )

    def named(self) -> Named:
        filled: dict[str, Any] = self.cleaned_data
        return Named(
            BlockKind(filled["kind"]),
            filled["name"],
            email=filled["email"],
            orcid=filled["orcid"],
            ror=filled["ror"],
        )


class BlockCrewForm(_Reason):
    """The people and institutions of one request, to choose from. Nobody is chosen beforehand."""

    field_order = ["chosen", "reason"]

    chosen = forms.MultipleChoiceField(
        label=_("Whom"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(self, *args: Any, crew: Mapping[str, Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._crew = crew
        field = self.fields["chosen"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = [(key, _label(named)) for key, named in crew.items()]

    def named(self) -> list[Named]:
        return [self._crew[key] for key in self.cleaned_data["chosen"]]


def _label(named: Named) -> str:
    more = ", ".join(filter(None, (named.email, named.orcid, named.ror)))
    return f"{named.name} ({more})" if more else named.name
