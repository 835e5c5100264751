"""What a record may say at the edge fits what the database can hold: PostgreSQL counts letters, SQLite does not."""

from __future__ import annotations

from typing import Annotated

import pytest
from factories import a_payload
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import String, Text

from service.register.models import Base
from service.register.naming import slug_of
from service.register.payloads import PAYLOADS
from service.vocabulary import RecordKind

TABLES = {
    RecordKind.TRADEMARK: "trademark_record",
    RecordKind.PRODUCTION_AREA: "production_area_version",
}
ELSEWHERE = {
    ("announcement", "number"): "announcement.number_as_printed",
    ("authorisation", "approved_name"): "authorisation_event.approved_name",
    ("authorisation", "approved_address"): "authorisation_event.approved_address",
    ("authorisation", "approved_representative"): "authorisation_event.approved_representative",
    ("authorisation", "approved_trademark"): "authorisation_event.approved_trademark",
    ("protection", "numbers"): "protection_identifier.as_printed",
    ("protection", "holder"): "party.name_as_announced",
    ("gi_product", "aliases"): "product_name.text",
    ("organisation", "short_names"): "organisation_name.text",
    ("division", "aliases"): "division_alias.text",
}
_EVERYWHERE = ("source_locator", "source_url", "source_document")
_SOURCE = {"source_locator": "locator", "source_url": "url", "source_document": "document_sha256"}


def bounded():
    """Each text field with the column that it ends in."""
    for kind, model in PAYLOADS.items():
        table = Base.metadata.tables[TABLES.get(kind, kind.value)]
        for name, field in model.model_fields.items():
            if (place := ELSEWHERE.get((kind.value, name))) is not None:
                column = Base.metadata.tables[place.partition(".")[0]].c[place.partition(".")[2]]
            elif name in _EVERYWHERE:
                column = Base.metadata.tables["source"].c[_SOURCE[name]]
            elif name in table.c:
                column = table.c[name]
            else:
                continue
            if type(column.type) is String and not isinstance(column.type, Text):
                yield pytest.param(field, column.type.length, id=f"{kind.value}.{name}")


@pytest.mark.parametrize(("field", "length"), list(bounded()))
def test_a_text_that_the_column_cannot_hold_is_refused_at_the_edge(field, length):
    reader = TypeAdapter(Annotated[(field.annotation, *field.metadata)])
    with pytest.raises(ValidationError):
        reader.validate_python("9" * (length + 1))


_SLUGGED = {
    "gi_product": {"code": "QJ-GI-1", "name": "甲", "home_relation": "in_district"},
    "brand": {"name": "甲", "brand_kind": "enterprise"},
    "division": {"name": "甲镇", "division_kind": "town"},
}


@pytest.mark.parametrize("kind", _SLUGGED)
@pytest.mark.parametrize(
    "slug", ["a/b?c#d", "..", "B 3/../x", "ÄÖ 中", "-a", "a-", "a--b", "A", "a_b", "a.b", "ａ", "a\nb"]
)
def test_what_cannot_stand_in_an_address_is_no_slug(kind, slug):
    with pytest.raises(ValidationError) as refused:
        a_payload(kind, slug=slug, **_SLUGGED[kind])
    (problem,) = refused.value.errors()
    assert (problem["type"], problem["loc"]) == ("bad_slug", ("slug",))


@pytest.mark.parametrize("slug", ["a", "qianjiang-mihoutao", "p-2", "2", "cs-1-2-3", slug_of("重庆老字号")])
def test_what_the_register_makes_itself_is_a_slug(slug):
    for kind, facts in _SLUGGED.items():
        assert a_payload(kind, slug=slug, **facts).slug == slug


_POINT = {"code": "SP-1", "name": "示例网点", "point_kind": "info_outlet"}


def test_a_service_point_does_not_close_before_it_opened():
    for closed in ("2020-01-01", "2026-01-01"):
        with pytest.raises(ValidationError) as refused:
            a_payload("service_point", **_POINT, opened_on="2026-01-01", closed_on=closed)
        assert refused.value.errors()[0]["type"] == "period_out_of_order"
    assert a_payload("service_point", **_POINT, opened_on="2026-01-01", closed_on="2026-01-02").closed_on


def test_a_figure_of_an_indicator_says_something():
    base = {"indicator": "marks", "as_of": "2026-01-01"}
    with pytest.raises(ValidationError) as refused:
        a_payload("indicator_value", **base)
    assert refused.value.errors()[0]["type"] == "figure_missing"
    for one in ("value", "numerator", "denominator"):
        assert a_payload("indicator_value", **base, **{one: "1"})
