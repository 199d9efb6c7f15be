"""What is filled in about a meeting."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from consent.actions.meetings import (
    MAX_OTHERS,
    MAX_PLACE,
    MAX_TEXT,
    MEETING_ANSWERS,
    MOST_PEOPLE,
    Told,
)
from consent.grants.statements import Answer
from consent.labels import REVIEW_ANSWERS
from governance.forms.days import DAY
from governance.labels import MAX_TAG
from governance.models import Membership, Statement
from governance.uploads import MAX_UPLOAD_BYTES, audio_of, paper_of

_MEGABYTE = 1024 * 1024
_ANSWERS = [row for row in REVIEW_ANSWERS if row[0] in MEETING_ANSWERS]


class MeetingForm(forms.Form):
    """A meeting as somebody who was there writes it down."""

    held_on = forms.DateField(label=_("On which day was it?"), widget=DAY)
    place = forms.CharField(
        label=_("Where? (you may leave it empty)"), required=False, max_length=MAX_PLACE
    )
    language = forms.CharField(
        label=_("In which language did you speak? (you may leave it empty)"),
        help_text=_("Its tag: en for English, fr-CA for French in Canada, x-ours if it has none."),
        required=False,
        max_length=MAX_TAG,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    stewards = forms.TypedMultipleChoiceField(
        label=_("Which stewards were there?"),
        help_text=_("Each of them is then asked to sign by herself. Nobody signs for her."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(
        label=_("Who else was there? (you may leave it empty)"),
        help_text=_("Name only people who want to be named."),
        required=False,
        max_length=MAX_OTHERS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    people = forms.IntegerField(
        label=_("How many people were there in all?"), min_value=1, max_value=MOST_PEOPLE
    )
    statement = forms.TypedChoiceField(
        label=_("Which text lay before you?"),
        help_text=_("The printed packet shows the first letters of its fingerprint."),
        coerce=int,
    )
    answer = forms.ChoiceField(
        label=_("What did the meeting say?"), choices=_ANSWERS, widget=forms.RadioSelect
    )
    how = forms.CharField(
        label=_("How was it decided?"),
        help_text=_("For example: everybody spoke in turn, and at the end nobody objected."),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    dissent = forms.CharField(
        label=_("Who thought otherwise, and why? (you may leave it empty)"),
        help_text=_("Kept sealed. Only your community's stewards and convenors read it."),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    scan = forms.FileField(
        label=_("The signed sheet, or a recording (you may leave it out)"),
        help_text=_(
            "PDF, JPEG or PNG, or MP3, OGG, M4A or WAV; at most 5 MB. Kept sealed. If this page "
            "comes back with an error, choose the file again."
        ),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.mp3,.ogg,.opus,.m4a,.wav"}),
    )

    def __init__(
        self,
        *args: Any,
        stewards: Sequence[Membership],
        texts: Sequence[Statement],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "stewards", [(str(seat.pk), seat.shown_name) for seat in stewards])
        _choices(self, "statement", [(str(t.pk), _text_label(t, texts[0])) for t in texts])
        if len(texts) == 1:
            self.fields["statement"].widget = forms.HiddenInput()
        self.initial.setdefault("statement", texts[0].pk)

    def clean_scan(self) -> bytes:
        file: UploadedFile[Any] | None = self.cleaned_data["scan"]
        if file is None:
            return b""
        if (file.size or 0) > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(
                _("This file has %(size)s MB. At most %(most)s MB are kept."),
                params={
                    "size": round((file.size or 0) / _MEGABYTE, 1),
                    "most": MAX_UPLOAD_BYTES // _MEGABYTE,
                },
            )
        content: bytes = file.read()
        if paper_of(content) is None and audio_of(content) is None:
            raise forms.ValidationError(
                _("This is no PDF, JPEG or PNG, and no recording that can be kept.")
            )
        return content

    def told(self) -> Told:
        kept = dict(self.cleaned_data)
        file: UploadedFile[Any] | None = self.files.get("scan")
        name = str(file.name or "") if file else ""
        return Told(**kept | {"answer": Answer(kept["answer"]), "scan_name": name})


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
    field.choices = choices


def _text_label(text: Statement, present: Statement) -> str:
    told = {"day": date_format(text.opened_at), "mark": text.digest[:8]}
    if text.pk == present.pk:
        return _now("The present text, of %(day)s (%(mark)s)") % told
    return _now("An older text, of %(day)s (%(mark)s)") % told
