"""Proposed by one steward, confirmed by another: ends of roles, shorter terms, a say given up."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from governance.actions import charters, people, second_looks
from governance.errors import NotAllowed, NotReady, TooFewStewards
from governance.models import AccessEvent, Charter, Membership, SecondLook
from governance.queries import stewards_of
from governance.queries.second_looks import LASTS, looks_waiting, open_looks
from governance.rules import SecondLookOutcome
from governance.tasks import let_fall
from tests import factories
from tests.cast import Cast, Person

pytestmark = pytest.mark.django_db


def seat(person: Person) -> Membership:
    assert person.membership
    return Membership.objects.get(pk=person.membership.pk)


@pytest.fixture
def look(cast: Cast, charter: Charter) -> SecondLook:
    """Amina proposes to end Bo's role."""
    return people.propose_end(seat(cast.bo).pk, actor=cast.amina.user, reason="He moved away.")


def in_days(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def aged(look: SecondLook) -> None:
    SecondLook.objects.filter(pk=look.pk).update(proposed_at=timezone.now() - LASTS)


def test_one_steward_alone_ends_no_other_stewards_role(cast: Cast, charter: Charter) -> None:
    with pytest.raises(NotAllowed, match="another one confirms"):
        people.end_role(seat(cast.bo).pk, actor=cast.amina.user, reason="No.")
    with pytest.raises(NotAllowed, match="another one confirms"):
        people.set_term(seat(cast.bo).pk, actor=cast.amina.user, until=in_days(5))

    assert seat(cast.bo).until is None


def test_a_proposal_changes_nothing_until_a_second_steward_confirms(
    cast: Cast, look: SecondLook
) -> None:
    assert stewards_of(cast.river).count() == 3

    people.confirm(look.pk, actor=cast.cleo.user)

    assert seat(cast.bo).end_reason == "He moved away."
    assert [s.shown_name for s in stewards_of(cast.river)] == ["Amina", "Cleo"]
    look.refresh_from_db()
    assert (look.outcome, look.settled_by) == ("confirmed", cast.cleo.membership)


def test_the_log_tells_who_proposed_and_who_confirmed_and_not_why(
    cast: Cast, look: SecondLook
) -> None:
    people.confirm(look.pk, actor=cast.cleo.user)

    told = AccessEvent.objects.filter(subject=f"member:{seat(cast.bo).public_id}").order_by("pk")
    assert [(event.verb, event.actor) for event in told] == [
        ("second-look.propose", cast.amina.user),
        ("second-look.confirm", cast.cleo.user),
        ("person.end", cast.cleo.user),
    ]
    assert not [event for event in told if "moved" in event.reason]


def test_the_proposer_does_not_confirm_it_herself(cast: Cast, look: SecondLook) -> None:
    with pytest.raises(NotAllowed, match="You proposed this"):
        people.confirm(look.pk, actor=cast.amina.user)

    assert seat(cast.bo).until is None


def test_whom_it_is_about_neither_confirms_nor_drops_it(cast: Cast, look: SecondLook) -> None:
    with pytest.raises(NotAllowed, match="your own role"):
        people.confirm(look.pk, actor=cast.bo.user)
    with pytest.raises(NotAllowed, match="your own role"):
        second_looks.drop(look.pk, actor=cast.bo.user)

    assert open_looks().get() == look


@pytest.mark.parametrize("who", ["dov", "ola", "eli", "chi", "zed", "aud", "max"])
def test_nobody_but_a_steward_proposes_confirms_or_drops(
    cast: Cast, look: SecondLook, who: str
) -> None:
    actor = getattr(cast, who).user
    acts: list[Callable[[], object]] = [
        lambda: people.propose_end(seat(cast.cleo).pk, actor=actor, reason="x"),
        lambda: people.confirm(look.pk, actor=actor),
        lambda: second_looks.drop(look.pk, actor=actor),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert open_looks().get() == look


def test_a_steward_whom_the_charter_does_not_name_does_not_confirm(
    cast: Cast, look: SecondLook
) -> None:
    late = factories.make_user("Late")
    factories.make_membership(late, cast.river)

    with pytest.raises(NotAllowed, match="does not name you"):
        people.confirm(look.pk, actor=late)
    with pytest.raises(NotAllowed, match="does not name you"):
        second_looks.drop(look.pk, actor=late)


@pytest.mark.parametrize("who", ["amina", "cleo"])
def test_its_proposer_or_another_steward_drops_it(cast: Cast, look: SecondLook, who: str) -> None:
    second_looks.drop(look.pk, actor=getattr(cast, who).user)

    with pytest.raises(NotReady, match="does not wait"):
        people.confirm(look.pk, actor=cast.cleo.user)
    assert seat(cast.bo).until is None
    assert people.propose_end(seat(cast.bo).pk, actor=cast.cleo.user, reason="Again.")


def test_there_is_one_proposal_about_one_role_at_a_time(cast: Cast, look: SecondLook) -> None:
    with pytest.raises(NotReady, match="proposed already"):
        people.propose_end(seat(cast.bo).pk, actor=cast.cleo.user, reason="Me too.")


def test_it_falls_away_after_thirty_days(cast: Cast, look: SecondLook) -> None:
    aged(look)

    with pytest.raises(NotReady, match="does not wait"):
        people.confirm(look.pk, actor=cast.cleo.user)
    assert looks_waiting(cast.cleo.user) == []
    assert (let_fall(), let_fall()) == (1, 0)
    look.refresh_from_db()
    assert look.outcome == SecondLookOutcome.FELL
    assert AccessEvent.objects.get(verb="second-look.fall").actor is None


def test_an_old_one_that_nobody_marked_yet_is_in_nobodys_way(cast: Cast, look: SecondLook) -> None:
    aged(look)

    again = people.propose_end(seat(cast.bo).pk, actor=cast.cleo.user, reason="Now.")

    assert open_looks().get() == again


def test_a_new_charter_in_between_lets_it_fall(cast: Cast, look: SecondLook) -> None:
    factories.make_charter(cast.river, cast.signers[:2])

    look.refresh_from_db()
    assert look.outcome == SecondLookOutcome.FELL
    with pytest.raises(NotReady, match="does not wait"):
        people.confirm(look.pk, actor=cast.cleo.user)


def test_it_falls_with_the_role_of_its_proposer_or_of_whom_it_is_about(
    cast: Cast, look: SecondLook
) -> None:
    pia = factories.make_user("Pia")
    factories.make_passkey(pia)
    factories.make_membership(pia, cast.river)
    factories.make_charter(cast.river, cast.signers[:2])
    of_bo = people.propose_end(seat(cast.bo).pk, actor=cast.amina.user, reason="x")
    by_bo = people.propose_end(seat(cast.cleo).pk, actor=cast.bo.user, reason="x")

    people.end_role(seat(cast.bo).pk, actor=cast.bo.user, reason="I go.")

    outcomes = SecondLook.objects.filter(pk__in=[of_bo.pk, by_bo.pk]).values_list("outcome")
    assert {outcome for (outcome,) in outcomes} == {"fell"}


def test_who_is_left_is_counted_again_when_it_is_confirmed(cast: Cast, look: SecondLook) -> None:
    """Between proposal and confirmation Cleo's term was set to an end."""
    Membership.objects.filter(pk=seat(cast.cleo).pk).update(until=in_days(3))

    with pytest.raises(TooFewStewards):
        people.confirm(look.pk, actor=cast.cleo.user)

    assert seat(cast.bo).until is None
    assert open_looks().get() == look


def test_what_would_leave_too_few_is_not_even_proposed(cast: Cast, charter: Charter) -> None:
    Membership.objects.filter(pk=seat(cast.cleo).pk).update(until=in_days(3))

    with pytest.raises(TooFewStewards):
        people.propose_end(seat(cast.bo).pk, actor=cast.amina.user, reason="x")


def test_where_nobody_could_confirm_a_new_charter_is_the_way(cast: Cast) -> None:
    """Coast's two stewards, one of whom may decide alone."""
    yan = factories.make_user("Yan")
    passkey = factories.make_passkey(yan)
    held = factories.make_membership(yan, cast.coast)
    signers = [cast.zed.signer, (yan, passkey)]
    factories.make_charter(cast.coast, signers, rules=factories.threshold(1), floor=1)

    with pytest.raises(NotReady, match="new charter that no longer names her"):
        people.propose_end(held.pk, actor=cast.zed.user, reason="x")
    with pytest.raises(NotAllowed):
        people.end_role(held.pk, actor=cast.zed.user, reason="x")

    following = charters.draft(
        community_id=cast.coast.pk,
        actor=cast.zed.user,
        nodes=[],
        rules=factories.threshold(1),
        floor=1,
        without=[held.steward_id],
    )
    factories.sign_charter(following, [cast.zed.signer])
    people.end_role(held.pk, actor=cast.zed.user, reason="x")
    assert stewards_of(cast.coast).count() == 1


def test_ones_own_role_and_those_that_no_charter_counts_on_take_one_person(
    cast: Cast, charter: Charter
) -> None:
    late = factories.make_membership(factories.make_user("Late"), cast.river)

    for held in (late, seat(cast.eli), seat(cast.dov), seat(cast.ola)):
        people.end_role(held.pk, actor=cast.amina.user, reason="x")
    people.end_role(seat(cast.cleo).pk, actor=cast.cleo.user, reason="x")

    assert [s.shown_name for s in stewards_of(cast.river)] == ["Amina", "Bo"]
    with pytest.raises(NotReady, match="no second steward"):
        people.propose_end(seat(cast.amina).pk, actor=cast.amina.user, reason="x")


def test_a_shorter_term_takes_two_and_a_longer_one_does_not(cast: Cast, charter: Charter) -> None:
    first, later = in_days(50), in_days(90)
    look = people.propose_term(
        seat(cast.bo).pk, actor=cast.amina.user, until=first, reason="As agreed."
    )
    assert seat(cast.bo).until is None

    people.confirm(look.pk, actor=cast.cleo.user)
    assert seat(cast.bo).until == first
    people.set_term(seat(cast.bo).pk, actor=cast.amina.user, until=later)
    assert seat(cast.bo).until == later


def test_a_confirmed_term_never_makes_a_role_longer(cast: Cast, charter: Charter) -> None:
    look = people.propose_term(
        seat(cast.bo).pk, actor=cast.amina.user, until=in_days(50), reason="As agreed."
    )
    people.set_term(seat(cast.bo).pk, actor=cast.bo.user, until=in_days(20))

    with pytest.raises(NotReady, match="already"):
        people.confirm(look.pk, actor=cast.cleo.user)
    assert open_looks().get() == look


@pytest.mark.parametrize("reason", ["", "  ", "x" * 401, "a\x00b"])
def test_a_proposal_says_why(cast: Cast, charter: Charter, reason: str) -> None:
    with pytest.raises(NotReady, match="Write why"):
        people.propose_end(seat(cast.bo).pk, actor=cast.amina.user, reason=reason)


def test_the_database_takes_no_second_look_by_the_first_person(
    cast: Cast, look: SecondLook
) -> None:
    for by in (cast.amina, cast.bo):
        with pytest.raises(IntegrityError, match="confirmed_by_another"), transaction.atomic():
            SecondLook.objects.filter(pk=look.pk).update(
                outcome="confirmed", settled_by=by.membership, settled_at=timezone.now()
            )
