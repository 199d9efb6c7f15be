"""Where a community says "any of our protocols": under which one the researcher asks."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from governance.models import Community, Dataset
from governance.queries import holders_of_all, protocols_in_force

PREFIX = "protocols_"


class UnderFields(forms.Form):
    """Adds one choice for each community that leaves a choice on a dataset on offer."""

    def __init__(self, *args: Any, datasets: Sequence[Dataset], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._where: dict[str, set[str]] = {}
        for community, lines, found in _choices(datasets):
            self._where[community.slug] = found
            titles = {p.line: p.title for p in protocols_in_force(community)}
            self.fields[f"{PREFIX}{community.slug}"] = forms.ChoiceField(
                label=_("Protocol of %(name)s under which you ask") % {"name": community.name},
                help_text=_("%(name)s lets you choose. Read them on the page of the dataset.")
                % {"name": community.name},
                required=False,
                choices=[("", "…"), *((line, titles.get(line, line)) for line in lines)],
            )

    def under_fields(self) -> list[BoundField]:
        return [self[f"{PREFIX}{slug}"] for slug in self._where]

    def chosen_protocols(self) -> dict[str, str]:
        """Return the line chosen of each community that one of the chosen datasets concerns."""
        asked = set(self.cleaned_data.get("datasets") or [])
        chosen = {slug: self.cleaned_data.get(f"{PREFIX}{slug}", "") for slug in self._where}
        return {slug: line for slug, line in chosen.items() if line and self._where[slug] & asked}


def initial_of_protocols(saved: Mapping[str, str]) -> dict[str, str]:
    return {f"{PREFIX}{slug}": line for slug, line in saved.items()}


def _choices(datasets: Sequence[Dataset]) -> list[tuple[Community, list[str], set[str]]]:
    """Communities that leave a choice, with the lines to choose from, and on which datasets."""
    found: dict[int, tuple[Community, list[str], set[str]]] = {}
    held = holders_of_all(datasets)
    for dataset in datasets:
        for holder in held[dataset.pk]:
            if not holder.choice:
                continue
            _, lines, where = found.setdefault(holder.community.pk, (holder.community, [], set()))
            lines.extend(line for line in holder.lines if line not in lines)
            where.add(dataset.slug)
    return list(found.values())
