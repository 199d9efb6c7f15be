"""Forms for labels on datasets."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from governance.actions.labels import MAX_NOTE, MAX_TEXT, Words
from governance.labels import MAX_TAG, language_tag
from governance.uploads import MAX_AUDIO_BYTES, audio_of

MEGABYTE = 1024 * 1024


class NumbersForm(forms.Form):
    """The numbers by which the Local Contexts Hub knows the project and the label."""

    project_uuid = forms.UUIDField(
        label=_("Number of your project at the Local Contexts Hub"),
        required=False,
        help_text=_(
            "You may leave it empty. With it others can find the same label at the Hub, and we can "
            "look up its texts there. It is the long number in the address of the project's page."
        ),
    )
    label_uuid = forms.UUIDField(
        label=_("Number of your label at the Hub"),
        required=False,
        help_text=_("You may leave it empty. It tells your own label from the same one of others."),
    )


class WordsForm(forms.Form):
    """The community's own text in one language, with a recording if there is one."""

    language = forms.CharField(
        label=_("Language of the text"),
        max_length=MAX_TAG,
        help_text=_("Its tag: en for English, fr-CA for French in Canada, x-ours if it has none."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    text = forms.CharField(
        label=_("The label in your own words"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=_("What it means for this data and how others should act. It is your text."),
    )
    audio = forms.FileField(
        label=_("A recording of it"),
        required=False,
        allow_empty_file=True,
        help_text=_(
            "You may leave it out. MP3, OGG, M4A or WAV, at most 5 MB: about five minutes of "
            "speech. If this page comes back with an error, choose the file again."
        ),
        widget=forms.FileInput(attrs={"accept": ".mp3,.ogg,.opus,.m4a,.wav,audio/*"}),
    )

    def clean_language(self) -> str:
        try:
            return language_tag(self.cleaned_data["language"])
        except ValueError:
            raise forms.ValidationError(
                _("This is not a language tag. Examples: en, fr-CA, x-ours.")
            ) from None

    def clean_audio(self) -> bytes:
        file: UploadedFile[Any] | None = self.cleaned_data["audio"]
        if file is None:
            return b""
        if (file.size or 0) > MAX_AUDIO_BYTES:
            raise forms.ValidationError(
                _("This recording has %(size)s MB. At most %(most)s MB are kept."),
                params={
                    "size": round((file.size or 0) / MEGABYTE, 1),
                    "most": MAX_AUDIO_BYTES // MEGABYTE,
                },
            )
        content: bytes = file.read()
        if audio_of(content) is None:
            raise forms.ValidationError(
                _("This file is not a recording in MP3, OGG, M4A or WAV, whatever its name says.")
            )
        return content

    def words(self) -> Words:
        kept = self.cleaned_data
        return Words(kept["language"], kept["text"], kept.get("audio") or b"")


class LabelForm(WordsForm, NumbersForm):
    """All that is asked for when a label is put on."""

    field_order = ["language", "text", "audio", "project_uuid", "label_uuid"]


class TextForm(WordsForm):
    """A further language of the newest version, or a new version."""

    new_version = forms.ChoiceField(
        label=_("What is it?"),
        choices=(),
        widget=forms.RadioSelect,
    )
    field_order = ["new_version", "language", "text", "audio"]

    def __init__(self, *args: Any, newest: int, **kwargs: Any) -> None:
        """``newest`` is the number of the label's newest version."""
        super().__init__(*args, **kwargs)
        field = self.fields["new_version"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [
            ("no", _now("Version {n} in a further language").format(n=newest)),
            ("yes", _now("A new version of the text")),
        ]
        field.initial = "no"


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What you looked at, and why the data may be asked for"),
        help_text=_("Your community can read it. Auditors and researchers cannot."),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class TakeOffForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is taken off"),
        help_text=_("Your community can read it. Auditors and researchers cannot."),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
