from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from governance.rules import CommunityRole

ROLES = [
    (CommunityRole.STEWARD.value, _("Steward: decides, together with the other stewards")),
    (
        CommunityRole.CONVENOR.value,
        _("Convenor: prepares meetings and texts, and invites people; does not decide"),
    ),
    (CommunityRole.CUSTODIAN.value, _("Custodian: runs the node and describes the data")),
    (CommunityRole.OBSERVER.value, _("Observer: reads the community's pages")),
]


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=forms.RadioSelect)


class JoinForm(forms.Form):
    """The name a person wishes to be called, and a password if she has no passkey."""

    name = forms.CharField(
        label=_("Your name, as you wish it shown"),
        max_length=120,
        help_text=_("If you are a steward it stands in the charter."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("A password, only if you cannot use a passkey"),
        required=False,
        strip=False,
        help_text=_("Leave it empty if your phone or computer can make a passkey."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str | None:
        password: str = self.cleaned_data["password"]
        if not password:
            return None
        validate_password(password)
        return password

    def clean_name(self) -> Any:
        return " ".join(self.cleaned_data["name"].split())
