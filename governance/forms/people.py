from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from governance.actions.invitation_checks import DAYS
from governance.forms.days import DAY
from governance.models import Body
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


class SeatForm(forms.Form):
    """In which bodies somebody sits, and until when her role lasts."""

    bodies = forms.MultipleChoiceField(
        label=_("Bodies"),
        required=False,
        help_text=_("Leave all open for none. A steward's bodies count once a charter names them."),
        widget=forms.CheckboxSelectMultiple,
    )
    until = forms.DateField(
        label=_("Last day of the term"),
        required=False,
        help_text=_("Leave it empty for a role that goes on until somebody ends it."),
        widget=DAY,
    )

    def __init__(self, *args: Any, bodies: Iterable[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bodies"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = [(body.slug, body.name) for body in bodies]
        if not field.choices:
            del self.fields["bodies"]

    def clean_until(self) -> datetime | None:
        """Return the moment at which the role stops counting: the end of its last day."""
        last: date | None = self.cleaned_data["until"]
        if last is None:
            return None
        return datetime.combine(last + timedelta(days=1), time.min, tzinfo=UTC)

    @property
    def seats(self) -> list[str]:
        return list(self.cleaned_data.get("bodies", []))


class OthersSeatForm(SeatForm):
    """Bodies and term of another steward: a shorter term is proposed, and a reason goes with it."""

    reason = forms.CharField(
        label=_("Why a shorter term (only your community reads it)"),
        required=False,
        max_length=400,
        help_text=_(
            "Only for an earlier end. It is a proposal then: nothing changes before another "
            "steward confirms it."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class InviteForm(SeatForm):
    field_order = ["name", "email", "role", "bodies", "until", "days"]

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("Mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=_("For how many days the link works"),
        initial=14,
        min_value=DAYS[0],
        max_value=DAYS[1],
    )

    def __init__(self, *args: Any, steward: bool, **kwargs: Any) -> None:
        """``steward``: whether a steward's role may be offered."""
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101  declared above
        role.choices = [choice for choice in ROLES if steward or choice[0] != CommunityRole.STEWARD]


class DaysForm(forms.Form):
    days = forms.IntegerField(
        label=_("For how many days the new link works"),
        initial=14,
        min_value=DAYS[0],
        max_value=DAYS[1],
    )


class EndRoleForm(forms.Form):
    reason = forms.CharField(
        label=_("Why (only your community reads it)"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


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
