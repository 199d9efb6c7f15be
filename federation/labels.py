"""States of runs and nodes, and what a node's codes mean, as people read them."""

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
    "prepared": _("prepared"),
}

# What an outcome of one message means, for a person who reads a receipt.
OUTCOMES: dict[str, Text] = {
    "trained": _("The node checked everything, trained, and sent its sums."),
    "prepared": _("The node checked everything and took a step of secure mixing, without data."),
    "refused": _("The node refused."),
    "stopped": _("The node was stopped by its own people."),
    "failed": _("The job broke off at the node."),
}

# What a receipt's code means, for everybody outside the node's own community. The node's own
# reason may hold a steward's name, a count of answers or a word about its data; this never does.
REFUSALS: dict[str, Text] = {
    # of the checks of a grant (consent/grants/errors.py)
    "refused": _("The node refused."),
    "malformed": _("A document is not in its proper form."),
    "wrong-type": _("A document is of another kind than it must be."),
    "wrong-community": _("A document is another community's."),
    "unknown-charter": _("The charter that decided is not known."),
    "broken-charter-chain": _("The community's charters do not follow one another."),
    "charter-superseded": _("The community adopted another charter since."),
    "bad-ballot": _("A signed answer does not hold."),
    "not-decided": _("The signed answers do not suffice."),
    "outside-delegation": _("One steward alone may not decide this, or not any more."),
    "not-yet-valid": _("The grant is not valid yet."),
    "expired": _("The grant's time is over."),
    "cooling-off": _("The community's waiting time is not over yet."),
    "revoked": _("The community took its grant back."),
    "paused": _("Work was paused there."),
    "stale-notices": _("The list of stops is too old."),
    "rolled-back": _("A list older than one seen before was shown."),
    "wrong-code": _("The code is not the code that was approved."),
    "wrong-configuration": _("The run's configuration is not the one that was approved."),
    "wrong-request": _("The run is for another request, or another revision of it."),
    "wrong-dataset": _("The dataset is not one the node may use for this."),
    "wrong-variables": _("The variables are not ones the node may use for this."),
    "wrong-aggregate": _("The run would not be joined with others as was approved."),
    "wrong-message": _("The message asks for something that was not approved."),
    "too-many-rounds": _("All rounds of the grant are used."),
    "bad-signature": _("A signature does not match."),
    # of the node's own checks (federation/node/errors.py)
    "not-pinned": _("The node has not been set up to the end."),
    "no-grant": _("The node has no grant for this."),
    "holder-refused": _("Another community that holds the dataset too did not agree."),
    "cohort-too-small": _("The node cannot take part with the data it has."),
    "wrong-outputs": _("The outputs are not those that the job declares."),
    "not-on-the-list": _("The node does not work for these people, or not with this job."),
    "not-hidden": _("Privacy noise or secure mixing is missing."),
    "too-many-parameters": _("The node cannot take part with the data it has."),
    "nearly-same-people": _("The node cannot take part with the data it has."),
    "budget-spent": _("The dataset's privacy budget does not reach."),
    "bad-mixing": _("A step of secure mixing was not as it must be."),
    # of a job that was begun
    "ok": _("The job ran and its reply was sent."),
    "node-stopped": _("The node was stopped."),
    "time-limit": _("The job took longer than the node allows."),
    "job-failed": _("The job broke off at the node."),
    "bad-reply": _("The job's reply was not one that may leave the node."),
    "bad-bundle": _("The job's code could not be unpacked."),
    "optouts-unreadable": _("The node could not tell who opted out."),
    "data-unreadable": _("The node could not read its data."),
    "internal": _("The node stopped in the middle of its work."),
}


def refusal(code: str) -> Text:
    """The fixed sentence for a receipt's code; it tells nothing that is the community's own."""
    return REFUSALS.get(code, REFUSALS["refused"])


# Fields of a request, for the list of what is missing. Keys as in consent.errors.Incomplete; the
# questions that are answered in a text are called as on the form (federation/forms/steps/wording).
FIELDS: dict[str, Text] = {
    "title": _("Title"),
    "summary": _("Plain summary"),
    "datasets": _("Datasets"),
    "protocols": _("Protocols"),
    "variables": _("Variables"),
    "job.name": _("Job"),
    "max_rounds": _("Most rounds"),
    "min_cohort": _("Fewest people at each node"),
    "max_cohort": _("Most people at each node"),
    "months": _("Months"),
    "min_nodes": _("Fewest communities"),
    "purpose.code": _("Kind of research"),
    "purpose.text": _("Purpose"),
    "diseases": _("Illnesses"),
    "places": _("Places"),
    "people": _("People"),
    "institution.name": _("Institution"),
    "institution.ror": _("ROR"),
    "institution.type": _("Kind of institution"),
    "partners": _("Partners"),
    "funding": _("Who pays"),
    "benefits_list": _("What comes back"),
    "results_return.how": _("How results come back"),
    "results_return.due_months": _("When results come back"),
    "contact.name": _("Whom to ask later"),
    "contact.email": _("E-mail of whom to ask later"),
    "privacy": _("Noise and mixing"),
    "privacy.dp.epsilon": _("Privacy loss (epsilon)"),
    "privacy.dp.delta": _("Delta"),
    "privacy.secure_aggregation": _("Secure mixing"),
    "terms": _("The terms"),
}
