from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.grants.delegation import LONGEST, MOST_GRANTS
from governance.forms.days import DAY
from governance.models import Dataset, Membership


class DelegationForm(forms.Form):
    """Every field must be filled in: a delegation without scope, limit or end is none."""

    delegate = forms.ChoiceField(label=_("To whom"))
    dataset = forms.ChoiceField(label=_("For which dataset"))
    code = forms.ChoiceField(
        label=_("For which job"),
        help_text=_("Exactly this version of it. A new version needs a new delegation."),
    )
    max_grants = forms.IntegerField(
        label=_("How many requests at most"), min_value=1, max_value=MOST_GRANTS
    )
    max_rounds = forms.IntegerField(
        label=_("How many rounds of training in each at most"), min_value=1, max_value=1000
    )
    until = forms.DateField(
        label=_("Last day"),
        help_text=_("At most a year from today. A new charter ends it sooner."),
        widget=DAY,
    )
    resolution = forms.CharField(
        label=_("Resolution"),
        help_text=_("Where your meeting's decision is written down, such as: minute 12 of 2026."),
        max_length=200,
    )

    def __init__(
        self,
        *args: Any,
        stewards: Iterable[Membership],
        datasets: Iterable[Dataset],
        codes: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("delegate", [(s.steward_id, s.shown_name) for s in stewards])
        self._choose("dataset", [(dataset.slug, dataset.title) for dataset in datasets])
        self._choose("code", codes)

    def clean_until(self) -> datetime:
        """Return the first moment after the last day, but not more than a year from now."""
        last: date = self.cleaned_data["until"]
        today = timezone.localdate()
        if last < today or last > today + LONGEST:
            raise forms.ValidationError(_("A day from today to a year from now, please."))
        end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=UTC)
        return min(end, timezone.now().replace(microsecond=0) + LONGEST)

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [("", _("choose")), *choices]
