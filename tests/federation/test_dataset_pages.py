"""The catalogue of datasets: who may look, what is found, and the rules before asking."""

import re
from typing import Any

import pytest
from django.urls import reverse

from consent.grants.provenance import empty_record
from consent.grants.statements import Answer
from federation.gateway.memory import MemoryGateway
from federation.queries.uses import derivatives_of, uses_of
from governance.actions import dataset_protocols, datasets, protocols
from governance.models import Dataset
from governance.protocol_content import HMB
from governance.rules import Combine
from tests.cast import Cast
from tests.factories import assertion, make_label, make_protocol, protocol_content
from tests.federation.factories import finish
from tests.federation.story import Three
from tests.governance.pages import url_of

LIST = "/datasets/"
PAGE = "/datasets/river-diabetes/"


def river() -> Dataset:
    return Dataset.objects.select_related("community").get(slug="river-diabetes")


def page(three: Three, path: str = PAGE, **query: str) -> str:
    answer = three.chi.client().get(path, query)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("path", [LIST, PAGE])
def test_only_researchers_have_the_catalogue(three: Three, cast: Cast, path: str) -> None:
    found = {role: p.client().get(path).status_code for role, p in cast.everybody.items()}

    assert found == dict.fromkeys(found, 404) | {"researcher": 200}


def test_a_researcher_reads_the_rules_before_she_writes_anything(three: Three) -> None:
    html = page(three)

    assert "Our protocol, version 1" in html
    assert "River&#x27;s own law" in html
    assert "Body mass index" in html
    assert "kg/m2" in html
    assert "Nothing runs with fewer than 100 people" in html
    ask = f"{reverse('federation:request_new')}?dataset=river-diabetes"
    assert ask in html
    form = page(
        three,
        reverse("federation:request_new"),
        job="linear-regression",
        dataset="river-diabetes",
    )
    assert 'value="river-diabetes" id="id_datasets_2" checked' in form
    assert form.count('name="datasets"') > form.count('id="id_datasets_2" checked') == 1


@pytest.fixture(autouse=True)
def jobs(db: None) -> None:
    from federation.actions.catalogue import publish

    publish("linear-regression")


def test_what_is_not_offered_does_not_exist_for_researchers(three: Three, cast: Cast) -> None:
    client = three.chi.client()
    hidden = river()
    dataset_protocols.unpublish(hidden.pk, actor=cast.amina.user)

    assert client.get(PAGE).status_code == 404
    assert "River Diabetes" not in page(three, LIST)
    assert "River Diabetes" not in page(three, LIST, q="river")
    assert ">River<" not in page(three, LIST)  # not among the communities to filter by either
    dataset_protocols.publish(hidden.pk, actor=cast.amina.user, lines=["main"])
    assert client.get(PAGE).status_code == 200
    make_label(hidden, cast.amina.user, "tkss")
    assert client.get(PAGE).status_code == 404


def test_the_list_is_searched_filtered_and_ordered(three: Three, cast: Cast) -> None:
    datasets.describe(
        river().pk,
        actor=cast.amina.user,
        title="Nights",
        description="Of sleep.",
        variables=[{"name": "hours", "type": "number", "label": "Time asleep"}],
        size_band="1000+",
    )

    def found(**query: str) -> list[str]:
        html = page(three, LIST, **query)
        return [s for s in ("coast", "hill", "river") if f"/datasets/{s}-diabetes/" in html]

    assert found() == ["coast", "hill", "river"]
    assert found(q="asleep") == ["river"]
    assert found(q="BMI") == ["coast", "hill"]
    assert found(q="nothing like it") == []
    assert found(community="hill") == ["hill"]
    assert found(size="1000+") == ["river"]
    assert found(type="yes-no") == []
    assert found(type="number", sort="community") == ["coast", "hill", "river"]
    html = page(three, LIST, sort="title")
    assert html.index("Coast Diabetes") < html.index("Nights")


def test_datasets_are_found_by_the_use_that_a_protocol_in_force_allows(
    three: Three, cast: Cast
) -> None:
    by_use = {"use": HMB}
    assert "River Diabetes" not in page(three, LIST, **by_use)
    allow_health_research(cast)
    assert "River Diabetes" in page(three, LIST, **by_use)
    assert "Hill Diabetes" not in page(three, LIST, **by_use)


def allow_health_research(cast: Cast) -> None:
    content = {**protocol_content(), "use": HMB}
    protocol = protocols.propose(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        content=content,  # type: ignore[arg-type]  # one member of it is another
        title="Our protocol",
        known=True,
    )
    for user, passkey in cast.signers[:2]:
        made = assertion(passkey, protocol.statement, Answer.YES)
        protocols.sign(protocol.pk, actor=user, answer=Answer.YES, assertion=made)


def test_an_empty_catalogue_says_so(three: Three) -> None:
    Dataset.objects.update(listed=False)

    assert "No community offers a dataset now" in page(three, LIST)


def test_the_list_costs_the_same_for_one_and_three(
    three: Three, django_assert_num_queries: Any
) -> None:
    client = three.chi.client()
    Dataset.objects.exclude(slug="river-diabetes").update(listed=False)
    client.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(LIST)
    Dataset.objects.update(listed=True)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(LIST)


def test_researchers_see_only_what_the_community_lets_them(three: Three, cast: Cast) -> None:
    record = empty_record() | {
        "peoples": [{"name": "People of the River", "language": "en"}],
        "territory": {"precision": "none", "text": ""},
        "authority": {"body": "Council", "contact": "council@river.example"},
        "disclosure": {"show": ["peoples", "territory"], "wording": "Say: of River."},
    }
    assert "Where it comes from" not in page(three)
    datasets.set_provenance(river().pk, actor=cast.amina.user, provenance=record)

    html = page(three)

    assert "People of the River" in html
    assert "Say: of River." in html
    assert "council@river.example" not in html
    assert "Land or waters" not in html


def test_where_a_community_leaves_a_choice_the_form_asks_for_it(three: Three, cast: Cast) -> None:
    make_protocol(cast.river, cast.signers, line="genomes", title="Genomes")
    dataset_protocols.publish(
        river().pk, actor=cast.amina.user, lines=["main", "genomes"], combine=Combine.ANY
    )
    assert "Whoever asks chooses one of these protocols." in page(three)
    begun = {"title": "Two ways", "job": "linear-regression", "datasets": ["river-diabetes"]}
    chi = three.chi.client()
    chi.post(reverse("federation:request_new"), begun)
    draft = three.chi.user.training_requests.get()
    url = reverse("federation:request_step", args=[draft.public_id, "job"])
    assert "Protocol of River under which you ask" in page(three, url)

    def saved(**changes: Any) -> dict[str, Any]:
        seen = re.search(r'name="seen" value="([^"]*)"', page(three, url))
        assert seen is not None
        answer = chi.post(url, begun | changes | {"stay": "yes", "seen": seen[1]})
        assert answer.status_code == 302
        draft.refresh_from_db()
        return draft.draft

    assert saved(protocols_river="genomes")["protocols"] == {"river": "genomes"}
    assert '<option value="genomes" selected>' in page(three, url)
    assert "protocols" not in saved(datasets=[], protocols_river="genomes")


def test_the_record_tells_the_runs_and_models_of_a_dataset(
    three: Three, cast: Cast, running: Any, gateway: MemoryGateway
) -> None:
    run = finish(running, three.all, gateway)

    [use] = uses_of(river())
    assert (use["run"], use["state"]) == (str(run.public_id), "finished")
    [model] = derivatives_of(river())
    assert model["run"] == str(run.public_id)
    record = cast.ola.client().get(url_of("dataset-record", "river-diabetes")).json()
    assert (record["uses"], record["derivatives"]) == ([use], [model])
    assert record["restrictions"][0]["line"] == "main"
    html = cast.ola.client().get(url_of("dataset", "river-diabetes")).content.decode()
    assert "What it was used for" in html


LIST_QUERIES = 6
