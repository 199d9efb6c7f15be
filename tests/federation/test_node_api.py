import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from consent.grants.charter import pin
from consent.grants.codec import unb64u
from consent.grants.notices import verify_notices
from consent.grants.statements import Signed
from consent.models import RequestRevision
from federation.models import DataNode, Receipt
from governance.queries import charter_chain
from tests.federation.calls import NODE, Call, receipt_call, signed
from tests.federation.dying import events
from tests.federation.factories import Machine
from tests.federation.story import Three


def get(machine: Machine, name: str) -> Call:
    return signed(machine, "GET", NODE + name)


def test_a_node_fetches_charters_that_it_can_pin(three: Three) -> None:
    answer = get(three.river.machine, "charters").send()

    [text] = answer.json()["charters"]
    envelope = Signed.from_json(text)
    [charter] = pin(envelope, fingerprint=envelope.digest)
    assert charter.community == "river"
    assert charter.nodes == (three.river.machine.keys,)


def test_a_node_fetches_notices_that_it_can_verify(three: Three) -> None:
    answer = get(three.river.machine, "notices").send().json()

    notices = verify_notices(
        answer["list"].encode(),
        unb64u(answer["signature"]),
        chain=charter_chain(three.river.community),
    )
    assert notices.community == "river"


def test_a_node_fetches_its_own_communitys_grants_and_no_others(
    decided: RequestRevision, three: Three
) -> None:
    [text] = get(three.river.machine, "grants").send().json()["grants"]

    document = Signed.from_json(text).document
    assert (document["community"], document["request"]["digest"]) == ("river", decided.digest)


def test_a_receipt_is_taken_once(three: Three) -> None:
    call = receipt_call(three.river.machine)

    first, again = call.send(), call.send()

    assert (first.status_code, first.json()) == (201, {"sequence": 1})
    assert (again.status_code, again.json()) == (200, {"sequence": 1})
    assert Receipt.objects.count() == 1
    assert len(events("receipt.trained")) == 1


def test_another_receipt_under_the_same_number_is_a_conflict(three: Three) -> None:
    machine = three.river.machine
    receipt_call(machine).send()
    machine.made.clear()

    answer = receipt_call(machine, round=2).send()

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "receipt-conflict"
    assert Receipt.objects.count() == 1


def test_a_receipt_signed_by_another_key_is_refused_although_the_call_is_sound(
    three: Three,
) -> None:
    machine, thief = three.river.machine, Machine("river", "river-node")
    text, signature = thief.receipt()
    from consent.grants.codec import b64u

    body = json.dumps({"receipt": text.decode(), "signature": b64u(signature)}).encode()

    answer = signed(machine, "POST", NODE + "receipts", body).send()

    assert (answer.status_code, answer.json()["code"]) == (400, "receipt-refused")
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"receipt": "{}"}',
        b'{"receipt": "{}", "signature": "!"}',
        b'{"receipt": "\\ud800", "signature": "AAAA"}',
        b'{"receipt": 5, "signature": {}}',
    ],
)
def test_a_body_that_is_no_receipt_is_refused(three: Three, body: bytes) -> None:
    answer = signed(three.river.machine, "POST", NODE + "receipts", body).send()

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert not Receipt.objects.exists()


# --- Attacks on the signature -------------------------------------------------------------------


def another_key(call: Call, three: Three) -> None:
    thief = Machine("river", "river-node")
    call.headers = signed(thief, call.method, call.path, call.body).headers


def another_name(call: Call, three: Three) -> None:
    call.headers["Kinhold-Node"] = "coast/coast-node"


def another_community(call: Call, three: Three) -> None:
    call.headers["Kinhold-Node"] = "coast/river-node"


def unknown_name(call: Call, three: Three) -> None:
    call.headers["Kinhold-Node"] = "river/nobody"


def odd_name(call: Call, three: Three) -> None:
    call.headers["Kinhold-Node"] = "river/river-node/.."


def too_old(call: Call, three: Three) -> None:
    old = signed(three.river.machine, call.method, call.path, call.body, at=time.time() - 301)
    call.headers = old.headers


def too_new(call: Call, three: Three) -> None:
    new = signed(three.river.machine, call.method, call.path, call.body, at=time.time() + 310)
    call.headers = new.headers


def changed_time(call: Call, three: Three) -> None:
    call.headers["Kinhold-Time"] = str(int(call.headers["Kinhold-Time"]) + 1)


def odd_time(call: Call, three: Three) -> None:
    call.headers["Kinhold-Time"] = "²"


def huge_time(call: Call, three: Three) -> None:
    call.headers["Kinhold-Time"] = "9" * 40


def changed_body(call: Call, three: Three) -> None:
    call.body = call.body.replace(b'"signature"', b' "signature"')


def another_path(call: Call, three: Three) -> None:
    call.path = NODE + "grants"
    call.method = "GET"


def added_query(call: Call, three: Three) -> None:
    call.path += "?community=coast"


def no_signature(call: Call, three: Three) -> None:
    del call.headers["Kinhold-Signature"]


def empty_signature(call: Call, three: Three) -> None:
    call.headers["Kinhold-Signature"] = ""


def padded_signature(call: Call, three: Three) -> None:
    call.headers["Kinhold-Signature"] += "=="


def retired(call: Call, three: Three) -> None:
    DataNode.objects.filter(pk=three.river.node.pk).update(
        state="retired", retired_at=timezone.now()
    )


ATTACKS = [
    another_key,
    another_name,
    another_community,
    unknown_name,
    odd_name,
    too_old,
    too_new,
    changed_time,
    odd_time,
    huge_time,
    changed_body,
    another_path,
    added_query,
    no_signature,
    empty_signature,
    padded_signature,
    retired,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=[a.__name__ for a in ATTACKS])
def test_one_fault_in_the_signature_refuses_and_tells_nothing(three: Three, attack: object) -> None:
    call = receipt_call(three.river.machine)
    assert callable(attack)
    attack(call, three)

    answer = call.send()

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Kinhold-Node"
    assert answer.json() == {
        "type": "urn:kinhold:problem:authentication-failed",
        "title": "Unauthorized",
        "status": 401,
        "detail": "The signature of this request was not accepted.",
        "code": "authentication-failed",
    }
    assert not Receipt.objects.exists()
    three.river.node.refresh_from_db()
    assert three.river.node.last_seen_at is None


def test_a_signed_in_person_is_no_node(three: Three) -> None:
    for person in (three.cast.amina, three.chi, three.cast.max):
        assert person.client().get(NODE + "grants").status_code == 401


def test_a_call_just_inside_the_window_is_taken(three: Three) -> None:
    call = signed(three.river.machine, "GET", NODE + "grants", at=time.time() - 290)

    assert call.send().status_code == 200


# --- Last seen ----------------------------------------------------------------------------------


def test_a_node_is_connected_from_its_first_call_on(three: Three) -> None:
    get(three.river.machine, "charters").send()
    get(three.river.machine, "grants").send()

    node = three.river.node
    node.refresh_from_db()
    assert node.state == "connected"
    assert node.last_seen_at is not None
    assert abs((timezone.now() - node.last_seen_at).total_seconds()) < 5
    assert len(events("node.connect")) == 1


def test_last_seen_is_written_at_most_every_ten_seconds(three: Three) -> None:
    node = three.river.node
    recent = timezone.now() - timedelta(seconds=5)
    DataNode.objects.filter(pk=node.pk).update(last_seen_at=recent)

    get(three.river.machine, "grants").send()
    node.refresh_from_db()
    assert node.last_seen_at == recent

    DataNode.objects.filter(pk=node.pk).update(last_seen_at=recent - timedelta(seconds=10))
    get(three.river.machine, "grants").send()
    node.refresh_from_db()
    assert node.last_seen_at > recent


def test_a_call_played_again_makes_no_node_look_alive(three: Three) -> None:
    recorded = signed(three.river.machine, "GET", NODE + "grants", at=time.time() - 200)
    node = three.river.node

    recorded.send()
    node.refresh_from_db()
    first = node.last_seen_at
    recorded.send()

    node.refresh_from_db()
    assert node.last_seen_at == first
    assert (timezone.now() - node.last_seen_at).total_seconds() > 190
