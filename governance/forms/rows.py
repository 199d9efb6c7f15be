"""Rows of a form, for which an empty one is none, whether it was filled before or not."""

from typing import Any

from django.forms import BaseFormSet


class EmptyIsNone(BaseFormSet):  # type: ignore[type-arg]  # of whatever form
    """Lets people take a row away by emptying it."""

    def initial_form_count(self) -> int:
        return 0 if self.is_bound else super().initial_form_count()

    def filled(self) -> list[Any]:
        return [row for row in self.forms if row.has_changed()]
