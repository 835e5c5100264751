"""One record, one truth (I-22): products, their rights and areas, and who may use them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from plain_facts import BASE, day, every, facts, linked, parts, properties, public, said

from service.vocabulary import AuthorisationState, DeregistrationGround, OrganisationStatus, ProtectionState

_CARD = re.compile(r'<article class="gi-card gi-card-[^>]*id="([^"]+)">(.*?)</article>', re.DOTALL)


# ---- products and their rights


def test_every_product_says_the_same_of_its_rights_everywhere(client, tables):
    rights: dict[str, dict[str, dict]] = {}
    for row in public(tables["protections"]):
        rights.setdefault(row["product_code"], {})[row["code"]] = row
    looked_at = 0
    for product in public(tables["gi-products"]):
        own = rights.get(product["code"], {})
        address = product["url"].removeprefix(BASE)
        page, answer = client.get(address).text, client.get(f"/api/v1{address}").json()
        assert product["name"] in said(re.search(r"<h1>(.*?)</h1>", page)[1])
        assert (answer["id"], answer["code"], answer["name"]) == (
            product["id"],
            product["code"],
            product["name"],
        )
        expected = {code: _of_row(row) for code, row in own.items()}
        assert {each["code"]: _of_answer(each) for each in answer["protections"]} == expected, address
        assert {code: _of_card(card) for code, card in _CARD.findall(page)} == {
            code: _of_row_in_words(row) for code, row in own.items()
        }, address
        assert _of_linked(linked(page)[0]) == {code: _of_row_linked(row) for code, row in own.items()}
        assert Counter(parts(product["states"])) == Counter(row["state"] for row in own.values())
        assert set(parts(product["tracks"])) == {row["track"] for row in own.values()}
        looked_at += len(own)
    assert looked_at == len([row for row in tables["protections"] if row["record_state"] == "public"]) > 20


_HOLDERS = {"holder", "registrant", "applicant"}


def _of_row(row):
    return row["state"], row["since"], row["until"], parts(row["numbers"]), sorted(parts(row["holders"]))


def _of_answer(right):
    return (
        right["state"]["code"],
        right["since"],
        right["until"],
        list(dict.fromkeys(each["as_printed"] for each in right["numbers"])),
        sorted({each["name"] for each in right["parties"] if each["role"]["code"] in _HOLDERS}),
    )


def _of_row_in_words(row):
    state = row["state_label"] + (f"，自 {day(row['since'])}" if row["since"] else "")
    return state, day(row["until"]), sorted(parts(row["numbers"])), sorted(parts(row["holders"]))


def _of_card(card):
    found = facts(card)
    state = found["今天的状态"][0].removesuffix("，没有固定有效期")
    state, _, until = state.partition("，专用期至 ")
    numbers = {
        re.sub(r"，第 \d+ 类$", "", number) for scheme in _schemes() for number in found.get(scheme, ())
    }
    holders = {name for role in ("持有人", "注册人", "申请人") for name in found.get(role, ())}
    return state, until.removesuffix("（不含）") or None, sorted(numbers), sorted(holders)


@cache
def _schemes() -> tuple[str, ...]:
    from service.vocabulary import IdentifierScheme

    return tuple(each.zh for each in IdentifierScheme)


def _of_row_linked(row):
    is_in_force = row["state"] in {ProtectionState.IN_FORCE, ProtectionState.IN_GRACE}
    return (
        row["state"],
        is_in_force,
        row["since"] if is_in_force else None,
        row["until"],
        parts(row["numbers"]),
    )


def _of_linked(document):
    return {
        right["@id"].rpartition("#")[2]: (
            properties(right)["legalState"],
            right["certificationStatus"].endswith("/CertificationActive"),
            right.get("validFrom"),
            right.get("expires"),
            list(dict.fromkeys(right.get("certificationIdentification", []))),
        )
        for right in document.get("hasCertification", [])
    }


def test_every_area_says_the_same_in_the_answer_of_its_product_on_the_map_and_in_the_file(client, tables):
    states = {row["code"]: row["state"] for row in public(tables["protections"])}
    slugs = {row["code"]: row["url"].rpartition("/")[2] for row in public(tables["gi-products"])}
    rows = public(tables["areas"])
    shapes = {each["id"]: each["geometry"] for each in client.get("/data/areas.geojson").json()["features"]}
    found = {}
    for slug in {slugs[row["product_code"]] for row in rows}:
        for each in client.get(f"/api/v1/gi/{slug}/areas?precision=full").json()["features"]:
            found[each["id"]] = (slug, each)
    assert found.keys() == {row["id"] for row in rows}
    for row in rows:
        slug, feature = found[row["id"]]
        told = feature["properties"]
        assert (told["state"], slug) == (states[row["protection_code"]], slugs[row["product_code"]])
        assert (told["version_no"], told["valid_from"], told["valid_to"]) == (
            row["version_no"],
            row["valid_from"],
            row["valid_to"],
        )
        assert (told["tier"], told["source_level"]) == (row["tier"], row["source_level"])
        assert (feature["geometry"] is None) == (shapes[row["id"]] is None)


# ---- users


def test_every_authorisation_says_the_same_everywhere(client, tables):
    rows = public(tables["authorisations"])
    listed = {each["code"]: each for each in every(client, "/api/v1/authorisations")}
    assert listed.keys() == {row["code"] for row in rows}
    for row in rows:
        address = row["url"].removeprefix(BASE)
        page = client.get(address).text
        expected = (
            row["state"],
            row["since"],
            row["ground"],
            row["organisation"],
            row["uscc"],
            row["product"],
        )
        for answer in (listed[row["code"]], client.get(f"/api/v1{address}").json()):
            assert _of_authorisation(answer) == expected, address
        assert properties(linked(page)[0])["legalState"] == row["state"]
        active = linked(page)[0]["certificationStatus"].endswith("/CertificationActive")
        assert active == (row["state"] in {AuthorisationState.ACTIVE, AuthorisationState.UNDER_CORRECTION})
        told = facts(page)
        since = "，{} 起生效" if row["state"] == AuthorisationState.NOT_YET_EFFECTIVE else "，自 {}"
        state = row["state_label"] + (since.format(day(row["since"])) if row["since"] else "")
        state += f"，依据：{row['ground_label']}" if row["ground"] else ""
        assert told["2026年11月23日 的状态"] == [state], address
        assert (told["单位"], told["产品"]) == ([row["organisation"]], [row["product"]])


def _of_authorisation(answer):
    ground = answer["ground"]
    if ground is not None:
        assert DeregistrationGround(ground["code"])
    return (
        answer["state"]["code"],
        answer["since"],
        ground and ground["code"],
        answer["organisation"]["name"],
        answer["uscc"],
        answer["product"]["name"],
    )


def test_every_verdict_without_a_target_agrees_with_the_state_of_the_firm_s_only_authorisation(
    client, tables
):
    """The verdict is decided elsewhere than the lists: where both speak of the same, they say the same."""
    by_firm: dict[str, list[dict]] = {}
    for row in public(tables["authorisations"]):
        if row["uscc"]:
            by_firm.setdefault(row["uscc"], []).append(row)
    compared = 0
    for uscc, rows in by_firm.items():
        answer = client.get("/api/v1/verify", params={"code": uscc}).json()
        if len(rows) > 1 or answer["verdict"] in {"withheld", "out_of_scope", "choose_product"}:
            continue
        is_in_use = rows[0]["state"] in {AuthorisationState.ACTIVE, AuthorisationState.UNDER_CORRECTION}
        assert (answer["verdict"] == "authorised") == is_in_use, uscc
        assert answer["target"]["name"] == rows[0]["product"]
        compared += 1
    assert compared > 5


def test_every_organisation_says_the_same_everywhere(client, tables):
    rows = public(tables["organisations"])
    users = {row["code"]: row for row in public(tables["authorisations"])}
    listed = {each["id"]: each for each in every(client, "/api/v1/organisations")}
    assert listed.keys() == {row["id"] for row in rows}
    for row in rows:
        assert listed[row["id"]]["status"]["code"] == row["status"]
        if row["uscc"] is None:
            continue
        address = row["url"].removeprefix(BASE)
        page, answer = client.get(address).text, client.get(f"/api/v1{address}").json()
        assert (answer["name"], answer["status"]["code"], answer["address"]) == (
            row["name"],
            row["status"],
            row["address"],
        )
        told = facts(page)
        assert told["状态"][0].partition(" ")[0] == OrganisationStatus(row["status"]).zh
        assert told["统一社会信用代码"] == [row["uscc"]]
        assert told.get("地址", [None]) == [row["address"]]
        document = linked(page)[0]
        assert (document["name"], document["identifier"]["value"]) == (row["name"], row["uscc"])
        assert properties(document)["legalState"] == row["status"]
        own = {code: each["state"] for code, each in users.items() if each["uscc"] == row["uscc"]}
        assert {each["code"]: each["state"]["code"] for each in answer["authorisations"]} == own
        certified = document.get("hasCertification", [])
        assert {each["name"]: properties(each)["legalState"] for each in certified} == own
        labels = {code: AuthorisationState(state).zh for code, state in own.items()}
        assert _users_of(page) == labels


def _users_of(page: str) -> dict[str, str]:
    """The table of users: code and state of each row."""
    rows = re.findall(r'<tr>\s*<th scope="row">.*?</tr>', page, re.DOTALL)
    return {
        re.search(r'/authorisations/([^"]+)"', row)[1]: said(
            re.search(r'<td data-label="状态">(.*?)</td>', row, re.DOTALL)[1]
        )
        for row in rows
        if "/authorisations/" in row
    }
