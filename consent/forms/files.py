"""Forms for a request's files, its letters of ethics boards, and the answer to its terms."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from consent.actions.attachments import EVIDENCE, MAX_FILE_BYTES, MAX_TITLE, MEGABYTE
from consent.actions.ethics import MAX_BOARD, MAX_NUMBER, Wanted
from consent.labels import Text
from consent.rules import AttachmentKind
from governance.forms.days import DAY
from governance.forms.people import JoinForm

KINDS: dict[AttachmentKind, Text] = {
    AttachmentKind.PLAN: _("Plan of the work"),
    AttachmentKind.SUPPORT: _("Letter of support"),
    AttachmentKind.ETHICS: _("Letter of an ethics board"),
    AttachmentKind.REPORT: _("Report"),
    AttachmentKind.PAPER: _("Text to be published"),
    AttachmentKind.OTHER: _("Something else"),
}
_MOST = MAX_FILE_BYTES // MEGABYTE
_TAKEN = format_lazy(
    _(
        "PDF, PNG, JPEG, plain text, or sound (MP3, OGG, M4A, WAV), at most {n} MB. Save office "
        "files as PDF first."
    ),
    n=_MOST,
)
_LETTER_HELP = format_lazy(_("PDF, PNG or JPEG, at most {n} MB."), n=_MOST)


class AttachmentForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[(k.value, words) for k, words in KINDS.items() if k not in EVIDENCE],
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("Stewards read it in a list. Say what the file is, in a few plain words."),
        max_length=MAX_TITLE,
    )
    upload = forms.FileField(label=_("The file"), help_text=_TAKEN)


class ApprovalForm(forms.Form):
    """A letter of an ethics board; the letter itself may follow while the request is written."""

    board = forms.CharField(label=_("Ethics board"), max_length=MAX_BOARD)
    number = forms.CharField(
        label=_("Its number for your work"),
        help_text=_("As it stands in the letter."),
        max_length=MAX_NUMBER,
    )
    valid_from = forms.DateField(label=_("First day on which it counts"), widget=DAY)
    valid_until = forms.DateField(
        label=_("Last day on which it counts"),
        help_text=_("After it nothing is sent to the communities' nodes until you renew it."),
        widget=DAY,
    )
    upload = forms.FileField(
        label=_("The letter (you may add it later)"), help_text=_LETTER_HELP, required=False
    )

    def wanted(self) -> Wanted:
        filled: dict[str, Any] = self.cleaned_data
        return Wanted(
            board=filled["board"],
            number=filled["number"],
            valid_from=filled["valid_from"],
            valid_until=filled["valid_until"],
            upload=filled["upload"] or None,
        )


class RenewForm(ApprovalForm):
    upload = forms.FileField(
        label=_("The new letter"),
        help_text=_("The communities that were asked can read it at once. PDF, PNG or JPEG."),
    )


class TermsForm(forms.Form):
    """The yes of somebody who is signed in with the invited address."""

    terms = forms.CharField(widget=forms.HiddenInput, max_length=64)
    agreed = forms.BooleanField(
        label=_("I have read this, and I take it on."),
        error_messages={"required": _("Tick this if you take it on. If you do not, say no below.")},
    )


class TermsJoinForm(JoinForm, TermsForm):
    """The same for somebody who has no account yet."""

    field_order = ["name", "password", "terms", "agreed"]

    name = forms.CharField(
        label=_("Your name, as you wish it shown"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
