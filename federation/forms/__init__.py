"""Everything that people fill in, in this app."""

from federation.forms.charter import CharterForm
from federation.forms.nodes import CardForm
from federation.forms.requests import DraftForm, PeopleForm

__all__ = ["CardForm", "CharterForm", "DraftForm", "PeopleForm"]
