"""Lists that can be searched, filtered, sorted and paged, all in the same way.

A view says what its list can do; the template includes ``partials/_list_tools.html`` above the
rows and ``partials/_pager.html`` below them. Everything travels in the address, so a list works
without script and can be sent on as a link. What makes no sense in the address is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.db.models.expressions import OrderBy
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PAGE_SIZE = 25
# A list this short is read at a glance: its tools are folded away.
SHORT = 5

Text = str | Promise
Rows = QuerySet[Any]
# Narrows rows to those that have a text: for rows that no table holds, where lookups do not work.
Find = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Filter:
    """One choice list; ``keep`` narrows the rows to the value chosen."""

    name: str
    label: Text
    choices: Sequence[tuple[str, Text]]
    keep: Callable[[Any, str], Any]


def exactly(lookup: str) -> Callable[[Rows, str], Rows]:
    """A ``keep`` for rows whose field is the value chosen."""
    return lambda rows, value: rows.filter(**{lookup: value})


def choices_in(rows: Rows, value: str, label: str) -> list[tuple[str, Text]]:
    """The values that occur in the rows, in the order of their labels. One query."""
    return list(rows.order_by(label, value).values_list(value, label).distinct())


@dataclass(frozen=True)
class Sort:
    """One order of the rows: ``order`` is for ``order_by`` and ends with a unique field.

    An empty ``order`` leaves the rows as they come.
    """

    name: str
    label: Text
    order: tuple[str | OrderBy, ...]


@dataclass(frozen=True)
class Listing:
    """What a list page needs: ``form`` above, ``page`` of rows, ``page`` and ``query`` below.

    ``narrowed`` says whether a search or filter is on: an empty list then means something else.
    ``sorted`` says whether an order other than the list's own was chosen.
    """

    form: forms.Form
    page: Page[Any]
    narrowed: bool
    sorted: bool = False

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def short(self) -> bool:
        """Whether the list is so short, and as it comes, that nobody needs its tools."""
        return self.total <= SHORT and not self.in_use

    @property
    def in_use(self) -> bool:
        return self.narrowed or self.sorted or bool(self.form.errors)

    @property
    def search(self) -> BoundField | None:
        return self.form["q"] if "q" in self.form.fields else None

    @property
    def choices(self) -> list[BoundField]:
        """The filters and the order: all but the search."""
        return [field for field in self.form.visible_fields() if field.name != "q"]

    @property
    def choices_in_use(self) -> bool:
        return any(field.value() for field in self.choices if field.name != "sort") or self.sorted


def listing(
    request: HttpRequest,
    rows: Any,
    *,
    search: Sequence[str] | Find = (),
    filters: Sequence[Filter] = (),
    sorts: Sequence[Sort] = (),
    page_size: int = PAGE_SIZE,
) -> Listing:
    """Narrow, order and cut the rows as the address asks.

    Args:
        rows: a query, or a list; a list comes with its own way to search, and as it is sorted.
        search: lookups such as ``title__icontains``; a row fits if any of them does. None of them
            may go over a relation to many rows: a row would then come up once for each of them.
        sorts: the first one counts when none is chosen.
    """
    form = _form(request.GET, search=bool(search), filters=filters, sorts=sorts)
    form.is_valid()  # what does not fit is left out; what does is in cleaned_data all the same
    wanted = form.cleaned_data
    if text := wanted.get("q"):
        rows = search(rows, text) if callable(search) else _found(rows, search, text)
    for each in filters:
        if value := wanted.get(each.name):
            rows = each.keep(rows, value)
    chosen = next((sort for sort in sorts if sort.name == wanted.get("sort")), None)
    if sorts and (order := (chosen or sorts[0]).order):
        rows = rows.order_by(*order)
    narrowed = any(wanted.get(name) for name in ("q", *(each.name for each in filters)))
    page = Paginator(rows, page_size).get_page(request.GET.get("page"))
    return Listing(form, page, narrowed, sorted=bool(chosen and chosen is not sorts[0]))


def _found(rows: Rows, lookups: Sequence[str], text: str) -> Rows:
    fits = Q()
    for lookup in lookups:
        fits |= Q(**{lookup: text})
    return rows.filter(fits)


def _form(
    query: Mapping[str, Any],
    *,
    search: bool,
    filters: Sequence[Filter],
    sorts: Sequence[Sort],
) -> forms.Form:
    # Its own ids: a form that writes something may stand on the same page.
    form = forms.Form(query, auto_id="list_%s")
    if search:
        form.fields["q"] = forms.CharField(
            label=_("Search"),
            required=False,
            max_length=120,
            widget=forms.TextInput(attrs={"type": "search"}),
        )
    for each in filters:
        choices: list[tuple[str, Text]] = [("", _("all")), *each.choices]
        form.fields[each.name] = _Lenient(label=each.label, choices=choices)
    if len(sorts) > 1:
        form.fields["sort"] = _Lenient(
            label=_("Order"), choices=[(sort.name, sort.label) for sort in sorts]
        )
    return form


class _Lenient(forms.ChoiceField):
    """A choice from a link: an unknown value counts as none, instead of an error page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> str:
        return value if self.valid_value(value) else ""
