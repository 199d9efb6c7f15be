"""Everything that people fill in, in this app; ``SignatureForm`` is used by all of them."""

from governance.forms.communities import BodyForm, CommunityForm
from governance.forms.days import AwayForm, QuietForm
from governance.forms.documents import DatasetForm, ProtocolForm
from governance.forms.log import LogFilter
from governance.forms.people import DaysForm, EndRoleForm, InviteForm, JoinForm, SeatForm
from governance.forms.reason import ReasonForm
from governance.forms.recovery import CodeForm, ReplaceForm, StolenForm
from governance.forms.signature import PLAIN_ANSWERS, SignatureForm
from governance.forms.tokens import TokenForm

__all__ = [
    "PLAIN_ANSWERS",
    "AwayForm",
    "BodyForm",
    "CodeForm",
    "CommunityForm",
    "DatasetForm",
    "DaysForm",
    "EndRoleForm",
    "InviteForm",
    "JoinForm",
    "LogFilter",
    "ProtocolForm",
    "QuietForm",
    "ReasonForm",
    "ReplaceForm",
    "SeatForm",
    "SignatureForm",
    "StolenForm",
    "TokenForm",
]
