"""Everything that people fill in, in this app; ``SignatureForm`` is used by all of them."""

from governance.forms.communities import BodyForm, CommunityForm
from governance.forms.dataset_sharing import LinesForm, WordForm
from governance.forms.datasets import DatasetForm, DescriptionForm, SizedForm, VariableRows
from governance.forms.days import AwayForm, QuietForm
from governance.forms.exchange import ImportForm
from governance.forms.log import LogFilter
from governance.forms.people import (
    DaysForm,
    EndRoleForm,
    InviteForm,
    JoinForm,
    OthersSeatForm,
    SeatForm,
)
from governance.forms.protocols import ProtocolForm, StartForm
from governance.forms.provenance import PeoplesRows, ProvenanceForm
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
    "DescriptionForm",
    "EndRoleForm",
    "ImportForm",
    "InviteForm",
    "JoinForm",
    "LinesForm",
    "LogFilter",
    "OthersSeatForm",
    "PeoplesRows",
    "ProtocolForm",
    "ProvenanceForm",
    "QuietForm",
    "ReasonForm",
    "ReplaceForm",
    "SeatForm",
    "SignatureForm",
    "SizedForm",
    "StartForm",
    "StolenForm",
    "TokenForm",
    "VariableRows",
    "WordForm",
]
