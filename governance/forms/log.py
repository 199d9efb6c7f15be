from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.models import AccessEvent, Community


class LogFilter(forms.Form):
    """Narrows the access log. Every field may stay empty."""

    text = forms.CharField(label=_("Text"), required=False, max_length=120)
    verb = forms.CharField(label=_("Act, such as ballot"), required=False, max_length=60)
    community = forms.ModelChoiceField(
        label=_("Community"),
        queryset=Community.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("all"),
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("", _("all")), ("done", _("done")), ("refused", _("refused"))],
    )
    since = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, communities: QuerySet[Community], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["community"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  declared above
        field.queryset = communities

    def narrow(self, events: QuerySet[AccessEvent]) -> QuerySet[AccessEvent]:
        """Return the events that fit; a filter that makes no sense leaves none."""
        if not self.is_valid():
            return events.none()
        wanted = self.cleaned_data
        if text := wanted["text"]:
            events = events.filter(
                Q(subject__icontains=text)
                | Q(actor_label__icontains=text)
                | Q(reason__icontains=text)
                | Q(document_digest__startswith=text.lower())
                | Q(correlation=text)
            )
        lookups = {
            "verb__startswith": wanted["verb"],
            "community": wanted["community"],
            "outcome": wanted["outcome"],
            "at__date__gte": wanted["since"],
            "at__date__lte": wanted["until"],
            "pk__lt": wanted["before"],
        }
        return events.filter(**{name: value for name, value in lookups.items() if value})
