"""What was published when: by revision, as records are called and found today, and nothing of withdrawn ones."""

from __future__ import annotations

import pytest
from factories import NOT_IN_THE_SEED, a_product, an_authorisation, published

from service.errors import RecordNotFound
from service.register.lookups.changes import find_publication, list_publications
from service.vocabulary import RecordKind


def test_the_newest_publication_stands_first_with_its_records(session):
    product = a_product(session, name="测试果")
    published(session, "gi_product", **{**product.model_dump(), "description": "改过"})
    newest, before = list_publications(session, before=None, limit=2, sample=5)
    assert newest.number == before.number + 1
    (record,) = newest.records
    assert (record.name, record.path, record.is_new) == ("测试果", f"/gi/{product.slug}", False)
    assert record.source.citation == "测试用来源"
    assert before.records[0].is_new
    assert list_publications(session, before=newest.number, limit=1, sample=5)[0].number == before.number


def test_an_event_is_found_on_the_page_of_its_record(session):
    authorisation = an_authorisation(session)
    (newest,) = list_publications(session, before=None, limit=1, sample=5)
    assert newest.counts == ((RecordKind.AUTHORISATION, 1),)
    assert newest.records[0].path == f"/authorisations/{authorisation.code}"


def test_a_withdrawn_record_is_counted_and_not_named(session):
    product = a_product(session, name="测试撤下果")
    published(
        session,
        "gi_product",
        **{**product.model_dump(), "withdrawal": "withheld", "withdrawal_reason": "测试"},
    )
    for publication in list_publications(session, before=None, limit=2, sample=5):
        (record,) = publication.records
        assert (record.name, record.path, record.source) == (None, None, None)
        assert publication.total == 1


def test_every_kind_of_the_first_data_can_be_told(seed):
    with seed.reading() as session:
        found = list_publications(session, before=None, limit=100, sample=3)
        told = {record.kind for each in found for record in each.records}
        last = find_publication(session, found[-1].number, start=1, limit=1)
        with pytest.raises(RecordNotFound):
            find_publication(session, found[0].number + 1, start=0, limit=1)
    assert told >= set(RecordKind) - NOT_IN_THE_SEED
    assert last.total == found[-1].total
    assert len(last.records) == 1
