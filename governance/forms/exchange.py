"""A file that somebody hands in."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.exchange.reading import MAX_BYTES


class ImportForm(forms.Form):
    """The file, and what shall become of it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A protocol as JSON or as ODRL (.json or .jsonld), at most 256 kilobytes."),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".json,.jsonld,application/json,application/ld+json"}
        ),
    )
    line = forms.ChoiceField(label=_("What it shall become"), required=False)

    def __init__(self, *args: Any, lines: Mapping[str, str], **kwargs: Any) -> None:
        """``lines`` are the community's protocols: titles by short name."""
        super().__init__(*args, **kwargs)
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        further = _("A further protocol") if lines else _("Our first protocol")
        field.choices = [
            ("", further),
            *(
                (line, _("The next version of “%(title)s”") % {"title": lines[line]})
                for line in lines
            ),
        ]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than 256 kilobytes."))
        return file

    def data_in_file(self) -> bytes:
        return bytes(self.cleaned_data["file"].read())
