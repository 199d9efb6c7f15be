import json

import pytest
from django.utils import timezone

from consent.grants.charter import parse_charter
from federation.actions.catalogue import publish
from federation.models import DataNode, Run
from governance.models import Charter
from tests.cast import Cast
from tests.factories import make_charter, sign_charter
from tests.federation.factories import Machine
from tests.federation.story import Three

URL = "/communities/river/nodes/"


def card(machine: Machine, **changes: object) -> dict[str, str]:
    return {"card": json.dumps(machine.card | changes)}


def test_a_card_is_pasted_and_the_node_is_enrolled(cast: Cast) -> None:
    machine = Machine("river", "river-node")

    answer = cast.dov.client().post(URL, card(machine), follow=True)

    node = DataNode.objects.get()
    assert str(node) == "river/river-node"
    assert node.supernode_key == machine.supernode_line
    shown = answer.content.decode()
    assert "It gets work once a charter names it." in shown
    assert "No charter in force names this node" in shown
    assert "not heard of yet" in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"community": "coast"}, "This card is for coast, not for river."),
        ({"receipt_key": "AAAA"}, "The field receipt_key is not base64url of the right length."),
        ({"supernode_key": "ssh-ed25519 AAAA"}, "not an OpenSSH public key of an EC pair"),
        ({"name": "../x"}, "The field name is not a short name"),
        ({"more": 1}, "holds a field that this version does not know"),
    ],
)
def test_a_card_that_is_wrong_is_refused_in_words(
    cast: Cast, changes: dict[str, object], sentence: str
) -> None:
    answer = cast.amina.client().post(URL, card(Machine("river", "river-node"), **changes))

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not DataNode.objects.exists()


@pytest.mark.parametrize("text", ["", "hello", "[]", '{"name": 1.5}', "{" * 3000])
def test_something_that_is_no_card_is_refused(cast: Cast, text: str) -> None:
    answer = cast.amina.client().post(URL, {"card": text})

    assert answer.status_code == 400
    assert not DataNode.objects.exists()


def test_keys_are_enrolled_once(three: Three) -> None:
    machine = three.river.machine
    amina = three.cast.amina.client()

    again = amina.post(URL, card(machine)).content.decode()
    renamed = amina.post(URL, card(machine, name="other")).content.decode()

    assert "River has, or had, a node named river-node." in again
    assert "A node with one of these keys is enrolled already." in renamed


def test_an_observer_reads_and_cannot_enrol(cast: Cast) -> None:
    ola = cast.ola.client()
    assert "Enrol a node" not in ola.get(URL).content.decode()

    answer = ola.post(URL, card(Machine("river", "river-node")))

    assert answer.status_code == 404
    assert not DataNode.objects.exists()


def test_a_retired_node_is_gone_for_good(three: Three) -> None:
    node = three.river.node
    amina = three.cast.amina.client()
    url = f"{URL}{node.pk}/retire/"
    assert "Retire river-node?" in amina.get(url).content.decode()
    node.refresh_from_db()
    assert node.state == "enrolled"

    answer = amina.post(url, follow=True)

    node.refresh_from_db()
    assert (node.state, node.retired_at is not None) == ("retired", True)
    assert "river-node is retired." in answer.content.decode()


def test_a_node_in_a_run_is_not_retired(running: Run, three: Three) -> None:
    url = f"{URL}{three.river.node.pk}/retire/"

    answer = three.cast.amina.client().post(url, follow=True)

    assert "takes part in a run. Stop the run first." in answer.content.decode()
    three.river.node.refresh_from_db()
    assert three.river.node.state != "retired"


def test_missing_receipts_are_shown_to_the_community(running: Run, three: Three) -> None:
    river = three.river
    river.tells(running)
    river.machine.receipt()
    river.machine.receipt()
    river.tells(running)

    shown = three.cast.ola.client().get(URL).content.decode()

    assert "2 receipts are missing after number 1." in shown


def test_two_stories_of_a_node_are_shown_to_the_community(running: Run, three: Three) -> None:
    three.river.tells(running)
    three.river.tells(running, previous="f" * 64)

    shown = three.cast.ola.client().get(URL).content.decode()

    assert "Receipt 2 does not follow receipt 1" in shown


# --- The charter --------------------------------------------------------------------------------

NEW = "/communities/river/charter/new/"


def rules(**changes: str) -> dict[str, str]:
    kinds = ("charter", "protocol", "grant", "revocation", "resume", "release", "pause")
    plain = {f"{kind}-rule": "threshold" for kind in kinds} | {f"{kind}-m": "2" for kind in kinds}
    return plain | {"pause-m": "1", "floor": "2"} | changes


def test_a_charter_is_written_with_the_nodes_shown_in_words_and_then_signed(cast: Cast) -> None:
    amina = cast.amina.client()
    machine = Machine("river", "river-node")
    amina.post(URL, card(machine))

    first = amina.post(NEW, rules(**{"grant-rule": "consensus"})).content.decode()
    assert "Yes, put it to the stewards" in first
    assert "Every steward who has not stepped aside must sign yes." in first
    assert "With 3 stewards and 1 stepped aside, 2 must sign yes." in first
    assert "With 3 stewards and 1 stepped aside, 1 must sign yes." in first
    assert not Charter.objects.exists()

    answer = amina.post(NEW, rules(**{"grant-rule": "consensus", "confirm": "yes"}))

    charter = Charter.objects.get()
    parsed = parse_charter(charter.statement.text.encode())
    assert answer["Location"] == f"/communities/river/charter/{charter.pk}/"
    assert parsed.nodes == (machine.keys,)
    assert parsed.rules["grant"].kind == "consensus"
    assert (parsed.rules["pause"].m, parsed.rules["charter"].m, parsed.floor) == (1, 2, 2)
    assert sign_charter(charter, cast.signers).adopted


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"grant-m": "1"}, "This is below the floor."),
        ({"grant-m": ""}, "Say how many must sign yes."),
        ({"grant-m": "4"}, "less than or equal to 3"),
        ({"floor": "0"}, "greater than or equal to 1"),
        ({"grant-rule": "silence"}, "Select a valid choice."),
    ],
)
def test_rules_that_do_not_fit_are_refused(
    cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    answer = cast.amina.client().post(NEW, rules(**changes, confirm="yes"))

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Charter.objects.exists()


def test_the_form_starts_from_the_charter_in_force(cast: Cast) -> None:
    make_charter(cast.river, cast.signers, floor=2)

    shown = " ".join(cast.amina.client().get(NEW).content.decode().split())

    assert 'name="grant-m" value="2"' in shown
    assert 'name="pause-m" value="1"' in shown
    assert 'name="floor" value="2"' in shown


def test_a_steward_without_a_passkey_is_named(cast: Cast) -> None:
    cast.bo.user.authenticator_set.all().delete()

    shown = " ".join(cast.amina.client().get(NEW).content.decode().split())

    assert "Bo <strong>has no passkey yet" in shown


# --- For all ------------------------------------------------------------------------------------


def test_the_catalogue_says_what_leaves_a_node(cast: Cast) -> None:
    empty = cast.chi.client().get("/catalogue/").content.decode()
    assert "No jobs yet" in empty
    publish("linear-regression")

    shown = cast.amina.client().get("/catalogue/").content.decode()

    assert "For each pair of variables, one sum that says how they vary together." in shown
    assert "No person&#x27;s own values." in shown


def test_the_parts_page_tells_of_machines_only(running: Run, three: Three) -> None:
    three.river.node.__class__.objects.filter(pk=three.river.node.pk).update(
        last_seen_at=timezone.now()
    )

    shown = three.cast.max.client().get("/parts/").content.decode()

    assert "river/river-node" in shown
    assert '<th scope="row">running</th><td>1</td>' in shown
    assert "Weight and illness" not in shown
