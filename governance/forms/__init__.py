"""Everything that people fill in, in this app; ``SignatureForm`` is used by all of them."""

from governance.forms.signature import PLAIN_ANSWERS, SignatureForm

__all__ = ["PLAIN_ANSWERS", "SignatureForm"]
