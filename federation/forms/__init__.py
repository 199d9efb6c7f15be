"""Everything that people fill in, in this app."""

from federation.forms.charter import CharterForm
from federation.forms.nodes import CardForm

__all__ = ["CardForm", "CharterForm"]
