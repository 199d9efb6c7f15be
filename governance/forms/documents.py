"""Forms for protocols and datasets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from governance.clauses import ENFORCEMENT, GROUPS, Clause, library
from governance.rules import CODE_POLICIES, PROTOCOL_NUMBERS, SIZE_BANDS, VARIABLE_TYPES
from governance.words import CODE_POLICY, DAY

LABELS = {
    "min_cohort": _("Fewest people in the data"),
    "max_rounds": _("Most rounds of training"),
    "max_months": _("Months until a yes ends"),
    "cooling_off_days": _("Days that the node waits after a yes"),
    "min_nodes": _("Fewest communities' nodes that must take part"),
}
# Sensible for a small community. Source: the recommended defaults that the clause library rests on.
DEFAULTS = {
    "min_cohort": 100,
    "max_rounds": 20,
    "max_months": 12,
    "cooling_off_days": 7,
    "min_nodes": 3,
}


@dataclass(frozen=True)
class ClauseRow:
    """One clause on the form: what it says, who checks it, and the fields for its holes."""

    clause: Clause
    text: str
    enforcement: str
    ticked: bool
    holes: list[BoundField]


class ProtocolForm(forms.Form):
    """The clause library as ticks, the holes of its texts, and the numbers of a protocol."""

    def __init__(self, *args: Any, before: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        """``before`` is the document of the protocol in force, from which a new one starts."""
        self._before = before
        super().__init__(*args, **kwargs)
        self.fields["clauses"] = forms.MultipleChoiceField(
            choices=[(code, code) for code in library()], required=False
        )
        for clause in library().values():
            for param in clause.asked:
                self.fields[f"{clause.code}-{param.name}"] = forms.CharField(
                    label=param.label,
                    required=False,
                    max_length=200,
                    initial=self._held(clause.code, param.name) or param.default,
                )
        for name, label in LABELS.items():
            least, most = _bounds(name)
            self.fields[name] = forms.IntegerField(
                label=label, min_value=least, max_value=most, initial=self._number(name)
            )
        self.fields["code_policy"] = forms.ChoiceField(
            label=_("Which code may run at the node"),
            choices=[(policy, CODE_POLICY[policy]) for policy in CODE_POLICIES],
            widget=forms.RadioSelect,
            initial=before["settings"]["code_policy"] if before else CODE_POLICIES[0],
        )

    def groups(self) -> Iterator[tuple[str, list[ClauseRow]]]:
        ticked = set(self["clauses"].value() or []) if self.is_bound else self._ticked()
        for group, title in GROUPS.items():
            rows = [self._row(c, ticked) for c in library().values() if c.group == group]
            yield title, rows

    def numbers(self) -> list[BoundField]:
        return [self[name] for name in (*LABELS, "code_policy")]

    def chosen(self) -> dict[str, dict[str, str]]:
        """Return what ``protocols.draft`` takes as clauses."""
        return {
            code: {
                param.name: self.cleaned_data[f"{code}-{param.name}"]
                for param in library()[code].asked
            }
            for code in self.cleaned_data["clauses"]
        }

    def settings(self) -> dict[str, int | str]:
        """Return what ``protocols.draft`` takes as settings."""
        numbers = {
            name: self.cleaned_data[name] for name in PROTOCOL_NUMBERS if name != "cooling_off_s"
        }
        return numbers | {
            "cooling_off_s": self.cleaned_data["cooling_off_days"] * DAY,
            "code_policy": self.cleaned_data["code_policy"],
        }

    def _row(self, clause: Clause, ticked: set[str]) -> ClauseRow:
        holes = {param.name: "…" for param in clause.params}
        return ClauseRow(
            clause=clause,
            text=clause.filled(holes),
            enforcement=ENFORCEMENT[clause.enforcement],
            ticked=clause.locked or clause.code in ticked,
            holes=[self[f"{clause.code}-{param.name}"] for param in clause.asked],
        )

    def _ticked(self) -> set[str]:
        if self._before is None:
            return {clause.code for clause in library().values() if clause.on}
        return {clause["code"] for clause in self._before["clauses"]}

    def _held(self, code: str, name: str) -> str:
        for clause in self._before["clauses"] if self._before else []:
            if clause["code"] == code:
                return str(clause["params"].get(name, ""))
        return ""

    def _number(self, name: str) -> int:
        if self._before is None:
            return DEFAULTS[name]
        settings = self._before["settings"]
        if name == "cooling_off_days":
            return int(settings["cooling_off_s"]) // DAY
        return int(settings[name])


class DatasetForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=60,
        help_text=_("As the node's own settings call it: a-z, 0-9 and dashes."),
    )
    description = forms.CharField(
        label=_("What it is, where it comes from, what it must not be used for"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=8000,
    )
    variables = forms.CharField(
        label=_("Variables, one on each line: name, type, unit, label"),
        help_text=_(
            "For example: bmi, number, kg/m2, Body mass index. Types: number, category, yes-no."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        max_length=100_000,
    )
    size_band = forms.ChoiceField(
        label=_("How many people are in it"), choices=[(band, band) for band in SIZE_BANDS]
    )
    listed = forms.BooleanField(
        label=_("Show this description to signed-in researchers"), required=False
    )

    def clean_variables(self) -> list[dict[str, str]]:
        """Return each line as ``{"name", "type", "unit", "label"}``; the last two may be empty."""
        lines = [line for line in self.cleaned_data["variables"].splitlines() if line.strip()]
        return [_variable(line, number) for number, line in enumerate(lines, 1)]


def _variable(line: str, number: int) -> dict[str, str]:
    parts = [part.strip() for part in line.split(",", 3)]
    if len(parts) < 2 or parts[1] not in VARIABLE_TYPES:
        raise forms.ValidationError(
            _("Line %(number)s needs a name, a comma, and one of: %(types)s."),
            params={"number": number, "types": ", ".join(VARIABLE_TYPES)},
        )
    return dict(zip(("name", "type", "unit", "label"), [*parts, "", ""], strict=False))


def _bounds(name: str) -> tuple[int, int]:
    if name == "cooling_off_days":
        least, most = PROTOCOL_NUMBERS["cooling_off_s"]
        return least // DAY, most // DAY
    return PROTOCOL_NUMBERS[name]
