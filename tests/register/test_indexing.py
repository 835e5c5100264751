"""From a publication to a hit: the outbox drained into the embedded engine, and what never gets there."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from factories import (
    NOW,
    a_draft,
    a_payload,
    a_product,
    a_protection,
    a_trademark,
    a_uscc,
    an_account,
    an_announcement,
    an_area,
    an_authorisation,
    an_authorisation_event,
    an_organisation,
    published,
)
from sqlalchemy import select

from search.engine import SearchUnavailable, open_engine
from search.query import Query
from service.calendar import FixedClock, china_date
from service.register import indexing
from service.register.indexing import all_documents
from service.register.models import GiProduct, Outbox
from service.vocabulary import Role


@pytest.fixture
def engine(tmp_path):
    opened = open_engine("embedded:", directory=tmp_path / "index", writable=True)
    yield opened
    opened.close()


def found(engine, text):
    return [hit.id for hit in engine.search(Query(text=text)).hits]


def drained(register, engine, clock):
    """How many rows it took until the outbox was empty."""
    total = 0
    while worked := indexing.drain(register, engine, clock):
        total += worked
    return total


@pytest.fixture
def indexed(register, engine, clock):
    """An index built from the empty register."""
    indexing.rebuild(register, engine, clock)
    return engine


def test_what_is_published_is_found_by_its_registered_name_first(register, indexed, clock):
    """I-19."""
    with register.writing() as session:
        a_product(session, name="云雾果脯")
        wanted = a_product(session, name="云雾果")
        ulid = session.scalars(select(GiProduct.ulid).where(GiProduct.code == wanted.code)).one()
    assert found(indexed, "云雾果") == []
    assert drained(register, indexed, clock) == 2
    assert found(indexed, "云雾果")[0] == ulid
    assert indexing.pending(register) == 0


def test_a_record_taken_down_leaves_the_index(register, indexed, clock):
    facts = {"code": "QJ-GI-1", "name": "云雾果", "home_relation": "in_district"}
    with register.writing() as session:
        published(session, "gi_product", **facts)
    drained(register, indexed, clock)
    assert len(found(indexed, "云雾果")) == 1
    with register.writing() as session:
        published(session, "gi_product", **facts, withdrawal="withheld", withdrawal_reason="秘密")
    drained(register, indexed, clock)
    assert found(indexed, "云雾果") == []


def test_looking_at_a_record_again_and_again_is_harmless(register, indexed, clock):
    with register.writing() as session:
        a_product(session, name="云雾果")
    drained(register, indexed, clock)
    before = indexed.fingerprints()
    with register.writing() as session:
        for row in session.scalars(select(Outbox)):
            row.done_at = None
    drained(register, indexed, clock)
    assert indexed.fingerprints() == before
    assert drained(register, indexed, clock) == 0


class Away:
    """An engine that is away: not ours to mock, a server that does not answer."""

    def upsert(self, documents):
        raise SearchUnavailable("away", "refused")

    delete = upsert


def test_while_the_engine_is_away_the_rows_wait(register, indexed, clock):
    with register.writing() as session:
        a_product(session, name="云雾果")
    for _ in range(2):
        with pytest.raises(SearchUnavailable):
            indexing.drain(register, Away(), clock)
    with register.reading() as session:
        row = session.scalars(select(Outbox)).one()
        assert (row.done_at, row.attempts, row.last_problem) == (None, 2, "refused")
    assert drained(register, indexed, clock) == 1
    assert len(found(indexed, "云雾果")) == 1


def test_what_is_published_while_the_index_is_rebuilt_is_not_missed(register, indexed, clock):
    with register.writing() as session:
        a_product(session, name="先有的果")

    def meanwhile(count):
        if count == 1:
            with register.writing() as session:
                a_product(session, name="后来的果")

    indexing.rebuild(register, indexed, clock, meanwhile)
    drained(register, indexed, clock)
    assert len(found(indexed, "先有的果")) >= 1
    assert len(found(indexed, "后来的果")) >= 1


def test_a_wish_for_a_new_index_is_granted_once(register, indexed):
    asked, answered = (FixedClock(NOW + timedelta(seconds=seconds)) for seconds in (1, 2))
    assert not indexing.answer_reindex_request(register, indexed, answered)
    indexing.ask_for_reindex(register, asked)
    assert indexing.answer_reindex_request(register, indexed, answered)
    assert not indexing.answer_reindex_request(register, indexed, answered)


CANARY = "金丝雀"


def a_register_full_of_secrets(session):
    """Every text that is not public says so."""
    an_account(session, "canary", Role.EDITOR, person=f"{CANARY}职员")
    trader = an_organisation(
        session,
        uscc=a_uscc("92500114"),
        address=f"{CANARY}住址",
        legal_representative=f"{CANARY}业主",
        is_representative_announced=True,
    )
    an_organisation(session, legal_representative=f"{CANARY}法人")
    authorisation = an_authorisation(
        session,
        organisation=trader,
        approved_address=f"{CANARY}公告住址",
        approved_representative=f"{CANARY}代表",
    )
    an_authorisation_event(session, authorisation, effective_on=NOW.date(), note=f"{CANARY}内部备注")
    withheld = {"withdrawal": "withheld", "withdrawal_reason": f"{CANARY}原因"}
    a_product(session, name=f"{CANARY}产品", **withheld)
    an_organisation(session, name=f"{CANARY}公司", **withheld)
    a_trademark(session, name=f"{CANARY}商标", **withheld)
    an_announcement(session, title=f"{CANARY}公告", **withheld)
    product = a_product(session)
    a_protection(session, product, holder=f"{CANARY}持有人", **withheld)
    an_area(
        session, a_protection(session, product), method_note=f"{CANARY}绘制方法", change_note=f"{CANARY}变更"
    )


def test_nothing_private_reaches_a_search_document(session):
    a_register_full_of_secrets(session)
    session.flush()
    documents = list(all_documents(session, china_date(NOW)))
    assert len(documents) >= 5
    for document in documents:
        assert CANARY not in json.dumps(
            [getattr(document, name) for name in document.__slots__], ensure_ascii=False
        ), document


def test_a_draft_is_in_no_search_document(session):
    a_draft(
        session, a_payload("gi_product", code="QJ-GI-9", name=f"{CANARY}草稿", home_relation="in_district")
    )
    assert not [document for document in all_documents(session, china_date(NOW)) if CANARY in document.name]


def test_a_product_whose_only_authorisation_was_taken_down_has_no_users(session):
    product = a_product(session)
    an_authorisation(session, a_protection(session, product), withdrawal="gone", withdrawal_reason="误录")
    (document,) = (each for each in all_documents(session, china_date(NOW)) if each.name == product.name)
    assert not document.has_users
