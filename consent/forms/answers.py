"""What stewards fill in."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.notices import MAX_REASON
from consent.agreement import MAX_CONDITION, MAX_CONDITIONS
from consent.grants.codec import MAX_STATEMENT_BYTES
from consent.grants.statements import Answer
from consent.labels import REVIEW_ANSWERS
from consent.models import Grant, Notice
from consent.rules import Keeping
from governance.forms import SignatureForm
from governance.models import Community

# Conditions come one on each line; a browser counts a line break as two characters.
_MOST = MAX_CONDITIONS * (MAX_CONDITION + 2)


class AnswerForm(SignatureForm):
    """A signed answer to a request; the wished conditions go with one of the answers only."""

    conditions = forms.CharField(
        label=_("Your conditions, one on each line (only for: yes, with conditions)"),
        help_text=_("They bind nobody until a steward puts them into the agreement."),
        required=False,
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, has_part: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, answers=answers_for(has_part=has_part), **kwargs)


class AcceptanceForm(SignatureForm):
    """A researcher's signature under conditions. ``text`` is what she signed, exactly."""

    text = forms.CharField(strip=False, max_length=MAX_STATEMENT_BYTES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, answers=[(Answer.YES.value, _("I accept"))], **kwargs)


class ConditionsForm(forms.Form):
    conditions = forms.CharField(
        label=_("Conditions, one on each line"),
        help_text=_("All conditions of the new agreement. Leave it empty for none."),
        required=False,
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def lines(self) -> list[str]:
        return str(self.cleaned_data["conditions"]).splitlines()


_KEPT = _("It stands in the signed text, which your nodes fetch and keep.")


class ReasonForm(forms.Form):
    """Why something stops. ``readers``: other communities whose nodes are given the text too."""

    reason = forms.CharField(
        label=_("Why (you may leave it empty)"),
        help_text=_KEPT,
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, readers: Sequence[Community] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if readers:
            names = ", ".join(reader.name for reader in readers)
            also = _("The nodes of %(names)s read this reason too.") % {"names": names}
            self.fields["reason"].help_text = f"{_KEPT} {also}"


class GrantChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in stubs only
    def label_from_instance(self, obj: Any) -> str:
        return _title_of(obj)


class PauseForm(ReasonForm):
    """What to stop: everything, or what runs under one grant."""

    field_order = ["scope", "reason"]

    scope = GrantChoice(
        label=_("What should stop"),
        queryset=Grant.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("Everything on our data"),
    )

    def __init__(self, *args: Any, grants: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scope"]
        assert isinstance(field, GrantChoice)  # noqa: S101  declared above
        field.queryset = grants


class ResumeForm(forms.Form):
    """Which pauses to lift; all are ticked, because that is what is asked for most."""

    pauses = forms.MultipleChoiceField(
        label=_("Pauses to end"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, pauses: Iterable[Notice], **kwargs: Any) -> None:
        self._pauses = {str(pause.public_id): pause for pause in pauses}
        kwargs.setdefault("initial", {"pauses": list(self._pauses)})
        super().__init__(*args, **kwargs)
        field = self.fields["pauses"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = [(key, _pause_label(pause)) for key, pause in self._pauses.items()]

    def chosen(self) -> list[Notice]:
        return [self._pauses[key] for key in self.cleaned_data["pauses"]]


KEEPINGS = [
    (Keeping.KEEP.value, _("Keep: it goes on as it was signed, until it is over")),
    (Keeping.RENEGOTIATE.value, _("Agree anew: the stewards decide again, on a new text")),
    (Keeping.STOP.value, _("Stop: the stewards sign that it is taken back")),
]


class KeepingForm(ReasonForm):
    """The three choices; to keep is what holds when nobody chooses."""

    field_order = ["choice", "reason"]

    choice = forms.ChoiceField(
        label=_("What shall become of it?"),
        choices=KEEPINGS,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why, if you stop it (you may leave it empty)"),
        help_text=_KEPT,
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def answers_for(*, has_part: bool, no_yes: bool = False) -> list[tuple[str, Any]]:
    """The answers that are open to a person.

    Args:
        has_part: she is named in the request, so she can only step aside.
        no_yes: the community's rules of today leave nothing to say yes to.
    """
    if has_part:
        return [row for row in REVIEW_ANSWERS if row[0] == Answer.RECUSE]
    if no_yes:
        yeses = (Answer.YES, Answer.YES_WITH_CONDITIONS)
        return [row for row in REVIEW_ANSWERS if row[0] not in yeses]
    return list(REVIEW_ANSWERS)


def _title_of(grant: Grant) -> str:
    return str(_("Only: %(title)s") % {"title": grant.review.revision.request.title})


def _pause_label(pause: Notice) -> str:
    if pause.delegation is not None:
        who = pause.delegation.delegate.shown_name
        what = str(_("Only: what was delegated to %(name)s") % {"name": who})
    else:
        what = _title_of(pause.grant) if pause.grant else str(_("Everything on our data"))
    return f"{what} ({pause.reason})" if pause.reason else what
