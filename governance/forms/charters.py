from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Charter


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in stubs only
    def label_from_instance(self, obj: Charter) -> str:
        """Name a version, and say what became of it unless it was adopted."""
        name = _("Charter {n}").format(n=obj.number)
        if obj.adopted_at:
            return name
        state = {"open": _("put to the stewards"), "declined": _("declined")}
        return f"{name}, {state.get(obj.statement.state, _('taken back'))}"


class VersionForm(forms.Form):
    """Which version to lay beside another one; it travels in the address."""

    other = VersionField(
        label=gettext_lazy("Compare with"),
        queryset=Charter.objects.none(),
        required=False,
        empty_label=None,
    )

    def __init__(
        self, *args: Any, versions: QuerySet[Charter], usual: Charter | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["other"]
        assert isinstance(field, VersionField)  # noqa: S101  declared above
        field.queryset = versions
        self.usual = usual

    def chosen(self) -> Charter | None:
        """Return the version that is asked for; the usual one for nonsense and for nothing."""
        found = self.cleaned_data.get("other") if self.is_valid() else None
        return found or self.usual
