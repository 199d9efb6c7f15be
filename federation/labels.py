"""States of runs and nodes as people read them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation.rules import RunState
from governance.rules import NodeState

Text = str | Promise

LABELS: dict[str, Text] = {
    RunState.PLANNED.value: _("planned"),
    RunState.SENDING.value: _("being sent out"),
    RunState.RUNNING.value: _("running"),
    RunState.FINISHED.value: _("finished"),
    RunState.REFUSED.value: _("refused by the nodes"),
    RunState.STOPPED.value: _("stopped"),
    RunState.FAILED.value: _("failed"),
    NodeState.ENROLLED.value: _("not heard of yet"),
    NodeState.CONNECTED.value: _("connected"),
    NodeState.RETIRED.value: _("retired"),
    "trained": _("trained"),
}

# What an outcome of one message means, for a person who reads a receipt.
OUTCOMES: dict[str, Text] = {
    "trained": _("The node checked everything, trained, and sent its sums."),
    "refused": _("The node refused."),
    "stopped": _("The node was stopped by its own people."),
    "failed": _("The job broke off at the node."),
}

# Fields of a request, for the list of what is missing. Keys as in consent.errors.Incomplete.
FIELDS: dict[str, Text] = {
    "title": _("Title"),
    "summary": _("Summary"),
    "question": _("Question"),
    "datasets": _("Datasets"),
    "variables": _("Variables"),
    "job.name": _("Job"),
    "max_rounds": _("Most rounds"),
    "min_cohort": _("Fewest people at each node"),
    "months": _("Months"),
    "min_nodes": _("Fewest communities"),
    "purpose.code": _("Kind of research"),
    "purpose.text": _("Purpose"),
    "people": _("People"),
    "institution.name": _("Institution"),
    "institution.ror": _("ROR"),
    "institution.type": _("Kind of institution"),
    "funders": _("Who pays"),
    "commercial_interest": _("Commercial interest"),
    "benefits": _("Benefits"),
    "harm_person": _("Harm to one person"),
    "harm_family": _("Harm to a family"),
    "harm_people": _("Harm to a people"),
    "ethics": _("Ethics approval"),
    "after": _("Afterwards"),
}
