"""The builder's form: a protocol under writing as questions, ticks and numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from governance.clauses import library
from governance.forms.protocol_fields import ClauseRow, Group, groups, hole_field, hole_names
from governance.protocol_content import (
    ANCESTRY,
    BROAD,
    DAY,
    MAX_LAW,
    SAY_ANCESTRY,
    USES,
    Content,
)
from governance.protocol_words import ANCESTRY as ANCESTRY_WORDS
from governance.protocol_words import USES as USE_WORDS
from governance.rules import CODE_POLICIES, PROTOCOL_NUMBERS
from governance.words import CODE_POLICY

__all__ = ["ClauseRow", "CompareForm", "Group", "ProtocolForm", "StartForm"]

NUMBERS = {
    "min_cohort": (
        _("Fewest people in the data"),
        _("With fewer people your node does nothing. We suggest 100; under 20 nobody may."),
    ),
    "max_rounds": (
        _("Most rounds of training"),
        _("A round is one time that work goes to your node and comes back. 20 are plenty."),
    ),
    "max_months": (
        _("Months until a yes ends"),
        _("After that the researchers must ask again. We suggest 12."),
    ),
    "cooling_off_days": (
        _("Days that your node waits after a yes"),
        _("In this time a steward can still stop what was signed by mistake. We suggest 7."),
    ),
    "min_nodes": (
        _("Fewest communities' nodes that must take part"),
        _("With three or more, nobody can work out your part from the sum. We suggest 3."),
    ),
}
_TITLE_HELP = _("How you call it among yourselves. It stands on top of the text that is signed.")


class ProtocolForm(forms.Form):
    """Everything a draft holds. What is missing is asked for later; what is wrong, at once."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_TITLE_HELP)
    use = forms.ChoiceField(
        label=_("What may the data be used for?"),
        help_text=_(
            "The widest use that you would ever say yes to. You still decide on each request."
        ),
        choices=[(use, USE_WORDS[use]) for use in USES],
        required=False,
        widget=forms.RadioSelect,
    )
    ancestry = forms.ChoiceField(
        label=_("Do you allow research on ancestry: where people come from, and who is related?"),
        help_text=_(
            "Blood that was given for one illness has been used for such studies, and people were "
            "hurt. “Research of every kind” includes them unless you say no. So say it here."
        ),
        choices=[(answer, ANCESTRY_WORDS[answer]) for answer in ANCESTRY],
        required=False,
        widget=forms.RadioSelect,
    )
    code_policy = forms.ChoiceField(
        label=_("Which code may run at your node?"),
        help_text=_("In both cases your node runs only the code that you said yes to."),
        choices=[(policy, CODE_POLICY[policy]) for policy in CODE_POLICIES],
        widget=forms.RadioSelect,
    )
    governing = forms.CharField(
        label=_("Which law governs this protocol?"),
        help_text=_(
            "Your own law, or the law of a country. We suggest nothing here: it is yours to say. "
            "Without it the protocol cannot be put to the stewards."
        ),
        required=False,
        max_length=MAX_LAW,
    )
    disputes = forms.CharField(
        label=_("Where are disputes settled?"),
        help_text=_("A council, a court, a person whom both sides trust, and where that is."),
        required=False,
        max_length=MAX_LAW,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        title: str,
        content: Content,
        asked_by: Mapping[str, tuple[str, ...]] | None = None,
        bodies: tuple[str, ...] = (),
    ) -> None:
        """Show a draft.

        Args:
            asked_by: clauses that labels on data ask for, each with the names of the labels.
            bodies: the names of the community's bodies, as a help for writing.
        """
        super().__init__(data, initial=_initial(title, content))
        self._asked_by = asked_by or {}
        self.fields["clauses"] = forms.MultipleChoiceField(
            choices=[(code, code) for code in library()],
            required=False,
            initial=list(content["clauses"]),
        )
        for clause in library().values():
            held = content["clauses"].get(clause.code, {})
            for param in clause.asked:
                field = hole_field(param, held.get(param.name, ""), bodies=bodies)
                self.fields[f"{clause.code}-{param.name}"] = field
        for name, (label, help_text) in NUMBERS.items():
            least, most = _bounds(name)
            self.fields[name] = forms.IntegerField(
                label=label, help_text=help_text, min_value=least, max_value=most
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("use") in BROAD and not cleaned.get("ancestry"):
            self.add_error("ancestry", SAY_ANCESTRY)
        return cleaned

    def content(self) -> Content:
        """Return what the draft holds from now on."""
        held = self.cleaned_data
        # A browser sends no tick that cannot be taken away.
        locked = [clause.code for clause in library().values() if clause.locked]
        return {
            "clauses": {code: self._holes(code) for code in (*held["clauses"], *locked)},
            "settings": {
                **{name: held[name] for name in PROTOCOL_NUMBERS if name in held},
                "cooling_off_s": held["cooling_off_days"] * DAY,
                "code_policy": held["code_policy"],
            },
            "use": held["use"],
            "ancestry": held["ancestry"],
            "law": {"governing": held["governing"], "disputes": held["disputes"]},
        }

    def groups(self) -> Iterator[Group]:
        ticked = set(self["clauses"].value() or [])
        return groups(self, ticked, self._asked_by)

    def numbers(self) -> list[BoundField]:
        return [self[name] for name in (*NUMBERS, "code_policy")]

    def _holes(self, code: str) -> dict[str, str]:
        return {param: str(self.cleaned_data[name] or "") for param, name in hole_names(code)}


class StartForm(forms.Form):
    """Which protocol it shall be, and what it begins with."""

    line = forms.ChoiceField(label=_("Which protocol?"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=_("Title of the further protocol"),
        required=False,
        max_length=120,
        help_text=_("Only needed for a further protocol. For example: Rules for the blood bank."),
    )
    start = forms.ChoiceField(
        label=_("What do you begin with?"),
        help_text=_("You can change everything afterwards. Nothing is decided yet."),
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        lines: Mapping[str, str],
        versions: list[tuple[str, str]],
        begin: str = "",
    ) -> None:
        """Ask.

        Args:
            lines: the title of each line, by its short name.
            versions: what of earlier texts one may begin with, as ``(key, words)``.
            begin: the key that is chosen at first.
        """
        super().__init__(data)
        self._lines = lines
        line, start = self.fields["line"], self.fields["start"]
        assert isinstance(line, forms.ChoiceField)  # noqa: S101  declared above
        assert isinstance(start, forms.ChoiceField)  # noqa: S101  declared above
        start.choices = [*versions, ("", _("What many communities ask for"))]
        start.required = False
        start.initial = begin
        line.choices = [
            *((name, _("The next version of “%s”") % title) for name, title in lines.items()),
            ("", _("A further protocol beside those") if lines else _("Our first protocol")),
        ]
        line.required = False
        line.initial = next(iter(lines), "")
        if not lines:
            self.fields["title"].label = _("Title")
            self.fields["title"].help_text = _TITLE_HELP
            self.fields["title"].initial = _("Our protocol")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("line") and not cleaned.get("title"):
            self.add_error("title", _("A further protocol needs a title."))
        return cleaned

    @property
    def chosen_title(self) -> str:
        return self._lines.get(self.cleaned_data["line"]) or str(self.cleaned_data["title"])


class CompareForm(forms.Form):
    """Which two texts to hold side by side."""

    left = forms.ChoiceField(label=_("This text"), required=False)
    right = forms.ChoiceField(label=_("with this one"), required=False)

    def __init__(self, data: Any, *, texts: list[tuple[str, str]]) -> None:
        super().__init__(data)
        for name in ("left", "right"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
            field.choices = texts


def _initial(title: str, content: Content) -> dict[str, Any]:
    settings = content["settings"]
    return {
        "title": title,
        "use": content["use"],
        "ancestry": content["ancestry"],
        **settings,
        "cooling_off_days": int(settings["cooling_off_s"]) // DAY,
        **content["law"],
    }


def _bounds(name: str) -> tuple[int, int]:
    if name == "cooling_off_days":
        least, most = PROTOCOL_NUMBERS["cooling_off_s"]
        return least // DAY, most // DAY
    return PROTOCOL_NUMBERS[name]
