"""Whether agreements keep what their protocols demand of noise and mixing."""

from collections.abc import Sequence

from consent.agreement import rulebook_of
from consent.grants.grant import Claims
from consent.models import Grant
from consent.precheck import unmet
from governance.models import Protocol

Agreement = tuple[Grant, Claims]


def demands_unmet(agreements: Sequence[Agreement]) -> str:
    """Say which community's rule an agreement breaks, or "" when each keeps its own.

    The rules are those of the very versions that each text names, by digest; one that is gone
    cannot be told to be kept.
    """
    digests = {ref.digest for _grant, claims in agreements for ref in claims.protocols}
    rows = Protocol.objects.filter(statement__digest__in=digests).select_related("statement")
    held = {row.statement.digest: rulebook_of(row.statement.text.encode()) for row in rows}
    for grant, claims in agreements:
        name = grant.community.name
        if missing := [ref for ref in claims.protocols if ref.digest not in held]:
            return f"The protocol {missing[0].line} that {name} agreed under is not here."
        if rule := unmet(claims, [held[ref.digest] for ref in claims.protocols]):
            return (
                f"{name} has a rule that the request does not keep: {rule} Change the request, and "
                "ask anew."
            )
    return ""
