from typing import Any

from django import forms

from federation.forms.steps.about import datasets_field, job_field, title_field
from federation.forms.steps.base import Offer


class StartForm(forms.Form):
    """What a new request begins with; everything else comes step by step."""

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"] = title_field()
        self.fields["job"] = job_field(offer)
        self.fields["datasets"] = datasets_field(offer)
