"""Roles, terms and bodies: who may change them, and that stewards enough are always left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.actions import bodies, people
from governance.actions.charters import draft, take_back
from governance.errors import NotAllowed, NotReady, StatementClosed, TooFewStewards
from governance.models import AccessEvent, Charter, Membership
from governance.queries import membership_for, stewards_of
from governance.queries.people import terms_running_out
from governance.rules import CommunityRole
from tests import factories
from tests.cast import Cast, Person
from tests.governance.pages import answer_text, draft_protocol

pytestmark = pytest.mark.django_db


def end(cast: Cast, who: Person, by: Person | None = None) -> Membership:
    """End a role: a steward's own, which takes nobody else; others' by Amina."""
    assert who.membership
    actor = by or (who if who in cast.stewards else cast.amina)
    return people.end_role(who.membership.pk, actor=actor.user, reason="Moved away.")


def in_days(days: int) -> timezone.datetime:
    return timezone.now() + timedelta(days=days)


def set_term(cast: Cast, who: Person, days: int | None) -> Membership:
    assert who.membership
    until = None if days is None else in_days(days)
    return people.set_term(who.membership.pk, actor=who.user, until=until)


def test_an_ended_role_counts_for_nothing_from_that_moment(cast: Cast, charter: Charter) -> None:
    protocol = draft_protocol(cast)

    ended = end(cast, cast.cleo)

    assert ended.end_reason == "Moved away."
    assert membership_for(cast.cleo.user, cast.river) == []
    with pytest.raises(NotAllowed):
        answer_text(protocol.statement, cast.cleo)


def test_the_log_tells_that_a_role_ended_and_not_why(cast: Cast, charter: Charter) -> None:
    end(cast, cast.cleo)

    event = AccessEvent.objects.get(verb="person.end")
    assert (event.actor, event.community, event.reason) == (
        cast.cleo.user,
        cast.river,
        "as steward",
    )


def test_a_role_ends_once(cast: Cast, charter: Charter) -> None:
    end(cast, cast.cleo)

    with pytest.raises(NotReady, match="has ended"):
        end(cast, cast.cleo, by=cast.amina)


@pytest.mark.parametrize("who", ["dov", "ola", "eli", "chi", "zed", "aud", "max"])
def test_only_stewards_end_roles(cast: Cast, charter: Charter, who: str) -> None:
    with pytest.raises(NotAllowed):
        end(cast, cast.ola, by=getattr(cast, who))


def test_a_steward_whom_the_charter_does_not_name_ends_no_role(
    cast: Cast, charter: Charter
) -> None:
    late = factories.make_user("Late")
    factories.make_membership(late, cast.river)

    with pytest.raises(NotAllowed, match="does not name you"):
        people.end_role(cast.ola.membership.pk, actor=late, reason="No.")  # type: ignore[union-attr]


def test_too_few_stewards_are_never_left(cast: Cast, charter: Charter) -> None:
    end(cast, cast.cleo)

    with pytest.raises(TooFewStewards) as refused:
        end(cast, cast.bo)

    assert str(refused.value).startswith(
        "Then too few stewards would be left to decide on: Saying yes to a researcher's request; "
    )
    assert "adopt a charter that names her first" in str(refused.value)
    assert stewards_of(cast.river).count() == 2


def test_a_newcomer_counts_only_once_a_charter_names_her(cast: Cast, charter: Charter) -> None:
    pia = factories.make_user("Pia")
    factories.make_membership(pia, cast.river)
    passkey = factories.make_passkey(pia)
    end(cast, cast.cleo)
    with pytest.raises(TooFewStewards):
        end(cast, cast.bo)

    factories.make_charter(cast.river, [cast.amina.signer, cast.bo.signer])
    end(cast, cast.bo)

    assert [s.shown_name for s in stewards_of(cast.river)] == ["Amina", "Pia"]
    assert passkey


def test_before_a_first_charter_one_steward_is_enough(cast: Cast) -> None:
    end(cast, cast.bo, by=cast.amina)
    end(cast, cast.cleo, by=cast.amina)

    with pytest.raises(TooFewStewards, match="no steward would be left"):
        end(cast, cast.amina)


def test_two_terms_may_not_run_out_together_at_a_later_date(cast: Cast, charter: Charter) -> None:
    set_term(cast, cast.cleo, 200)

    with pytest.raises(TooFewStewards, match=r"Then from .* on too few stewards"):
        set_term(cast, cast.bo, 100)
    with pytest.raises(TooFewStewards, match=r"Then from .* on too few stewards"):
        end(cast, cast.bo)


def test_a_term_can_always_be_longer(cast: Cast, charter: Charter) -> None:
    Membership.objects.filter(community=cast.river, role="steward").update(until=in_days(20))

    set_term(cast, cast.bo, 40)
    set_term(cast, cast.cleo, None)

    with pytest.raises(TooFewStewards):
        set_term(cast, cast.bo, 30)


def test_a_term_that_is_over_counts_for_nothing(cast: Cast, charter: Charter) -> None:
    Membership.objects.filter(pk=cast.cleo.membership.pk).update(until=timezone.now())  # type: ignore[union-attr]

    with pytest.raises(TooFewStewards):
        end(cast, cast.bo)


def test_a_term_ends_in_the_future(cast: Cast, charter: Charter) -> None:
    with pytest.raises(NotReady, match="in the future"):
        set_term(cast, cast.cleo, -1)


def test_roles_that_do_not_decide_end_freely(cast: Cast, charter: Charter) -> None:
    for person in (cast.dov, cast.ola, cast.eli):
        end(cast, person)

    roles = Membership.objects.filter(community=cast.river, until__isnull=True)
    assert {held.role for held in roles} == {"steward"}


def test_a_charter_under_signature_is_not_pulled_from_under_the_stewards(
    cast: Cast, charter: Charter
) -> None:
    open_one = draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(3),
        floor=3,
    )

    with pytest.raises(TooFewStewards, match="Charter 2 is put to the stewards"):
        end(cast, cast.cleo)

    take_back(open_one.pk, actor=cast.amina.user, reason="Cleo moves away.")
    end(cast, cast.cleo)


def test_no_charter_is_put_forward_under_which_the_terms_run_out(
    cast: Cast, charter: Charter
) -> None:
    Membership.objects.filter(community=cast.river, role="steward").update(until=in_days(300))

    with pytest.raises(TooFewStewards, match="The terms of these stewards end too soon"):
        factories.make_charter(cast.river, cast.signers[:2])

    set_term(cast, cast.amina, None)
    set_term(cast, cast.bo, None)
    factories.make_charter(cast.river, cast.signers[:2])


def test_what_an_ended_steward_signed_stays_and_her_open_yes_still_counts_at_nodes(
    cast: Cast, charter: Charter
) -> None:
    """The platform gives nodes what was signed; only a new charter takes a key out."""
    protocol = draft_protocol(cast)
    answer_text(protocol.statement, cast.cleo)
    end(cast, cast.cleo)

    assert answer_text(protocol.statement, cast.amina).adopted
    with pytest.raises(StatementClosed):
        answer_text(protocol.statement, cast.bo)


def test_seats_are_set_among_the_communitys_own_bodies(cast: Cast, charter: Charter) -> None:
    elders = bodies.add(community_id=cast.river.pk, actor=cast.amina.user, name="Elders")
    bodies.add(community_id=cast.coast.pk, actor=cast.zed.user, name="Council")
    bo = cast.bo.membership
    assert bo

    seated = people.set_bodies(bo.pk, actor=cast.amina.user, bodies=[elders.slug])

    assert seated.bodies == ["elders"]
    with pytest.raises(NotReady, match="no body council"):
        people.set_bodies(bo.pk, actor=cast.amina.user, bodies=["council"])


def test_nobody_changes_another_communitys_people(cast: Cast, charter: Charter) -> None:
    with pytest.raises(NotAllowed):
        people.set_term(cast.bo.membership.pk, actor=cast.zed.user, until=in_days(9))  # type: ignore[union-attr]


@pytest.mark.parametrize(("days", "told"), [(91, 0), (89, 1), (29, 1)])
def test_every_steward_is_told_ahead_that_a_term_runs_out(
    cast: Cast, charter: Charter, days: int, told: int
) -> None:
    set_term(cast, cast.cleo, days)

    assert {
        role: terms_running_out(person.user).count() for role, person in cast.everybody.items()
    } == dict.fromkeys(cast.everybody, 0) | {"steward": told}


def test_the_role_of_a_convenor_never_decides(cast: Cast, charter: Charter) -> None:
    protocol = draft_protocol(cast)

    with pytest.raises(NotAllowed):
        answer_text(protocol.statement, cast.eli)
    assert cast.eli.membership
    assert cast.eli.membership.role == CommunityRole.CONVENOR
