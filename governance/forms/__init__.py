"""Everything that people fill in, in this app; ``SignatureForm`` is used by all of them."""

from governance.forms.documents import DatasetForm, ProtocolForm
from governance.forms.log import LogFilter
from governance.forms.people import InviteForm, JoinForm
from governance.forms.reason import ReasonForm
from governance.forms.signature import PLAIN_ANSWERS, SignatureForm
from governance.forms.tokens import TokenForm

__all__ = [
    "PLAIN_ANSWERS",
    "DatasetForm",
    "InviteForm",
    "JoinForm",
    "LogFilter",
    "ProtocolForm",
    "ReasonForm",
    "SignatureForm",
    "TokenForm",
]
